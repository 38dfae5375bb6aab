"""Helpers for other processes: free ports, waiting, and stopping."""

import itertools
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

# Below the range of outgoing connections, which could take the port first. Each test process starts
# elsewhere, so that two never offer the same port.
_FIRST, _LAST = 20_000, 32_000
_own = _FIRST + os.getpid() * 97 % (_LAST - _FIRST)
_candidates = itertools.chain(range(_own, _LAST), range(_FIRST, _own))


def free_port():
    """Return a free TCP port of 127.0.0.1, never the same one twice."""
    for port in _candidates:
        with socket.socket() as probe:
            # Servers set this too, so a port with closing connections counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"No free port between {_FIRST} and {_LAST}.")


def accepts_connections(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(condition, seconds, process, log):
    """Return when `condition()` is true; fail with the end of `log` if `process` ends first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            raise RuntimeError(f"It ended with code {process.returncode}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"It was not ready after {seconds} seconds:\n{tail(log)}")
        time.sleep(0.02)


def eventually(condition, seconds=120):
    """Return when `condition()` is true, for rows that other processes write."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It did not happen within {seconds} seconds.")
        time.sleep(0.05)


def children(pid):
    """Return the ids of the child processes of a process."""
    # ps fails for a process without children.
    text = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(word) for word in text.split()]


def tail(log, lines=40):
    """Return the last lines of the file `log`."""
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def end(process, polite=signal.SIGTERM, seconds=15, firm=signal.SIGKILL):
    """Send SIGTERM to `process`, SIGKILL after `seconds`, and return its exit code."""
    if process.poll() is None:
        process.send_signal(polite)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(firm)
    return process.wait()
