"""The child processes that compose films, as their mixer sees them."""

import errno
import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

# Seconds without a sign of life after which a child is stopped.
SILENT_FOR = 120
ROOT = Path(__file__).parents[2]
# Nothing else of the mixer's environment: it holds secrets.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "PYTHONPATH": str(ROOT),
    "LANG": "C.UTF-8",
    # Only a process with one thread can leave the network.
    "OPENBLAS_NUM_THREADS": "1",
}


class ChildFailed(Exception):
    """The child did not compose its film; the message says why."""


def composed(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run a child and yield what it says; the last one has `faults` and `cpu_seconds`.

    Raises ChildFailed, and OSError if the disk is full. The child ends when the caller does not
    want more.
    """
    command = [sys.executable, "-P", "-m", "sessions.mixing.child"]
    # A file: the libraries may write more errors than a pipe holds.
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            # The other folder for temporary files may be in memory.
            env={**ENVIRONMENT, "TMPDIR": str(Path(job["unfinished"]).parent)},
            cwd="/",
        ) as child,
    ):
        try:
            yield from _said(child, job, errors)
        finally:
            child.kill()


def _said(
    child: "subprocess.Popen[bytes]", job: dict[str, Any], errors: BinaryIO
) -> Iterator[dict[str, Any]]:
    stdin = child.stdin
    assert stdin is not None  # noqa: S101 - for the type checker: it is a pipe
    with stdin:
        stdin.write(json.dumps(job).encode())
    said: dict[str, Any] = {}
    while line := _line(child.stdout):
        said = _read(line)
        yield said
    code = child.wait()
    if said.get("is_full"):
        raise OSError(errno.ENOSPC, "The disk of the films is full.")
    if code or "faults" not in said:
        errors.seek(0)
        words = errors.read().decode(errors="replace").strip().splitlines()
        raise ChildFailed(words[-1][:500] if words else f"The process ended with {code}.")


def _read(line: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError) as error:
        raise ChildFailed("The process wrote something else than its progress.") from error


def _line(output: Any) -> bytes:
    ready, _, _ = select.select([output], [], [], SILENT_FOR)
    if not ready:
        raise ChildFailed(f"The process said nothing for {SILENT_FOR} seconds.")
    return bytes(output.readline())
