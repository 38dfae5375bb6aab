"""Folders, databases and secrets that are made once, and that other users cannot read."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def is_public(path: Path) -> bool:
    """Return whether users other than the owner and the group may do anything with `path`."""
    return bool(path.stat().st_mode & stat.S_IRWXO)


def make_private_folder(path: Path, *, is_own: bool) -> None:
    """Make a folder for its owner alone; `is_own` also changes one that exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    if is_own and is_public(path):
        path.chmod(0o700)


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone; take the rights of others from one that exists."""
    # SQLite gives its other files the mode of the database.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if is_public(path):
            path.chmod(0o600)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the text of `path`; make it first if the file does not exist."""
    if not path.exists():
        _keep(path, make())
    return path.read_text()


def _keep(path: Path, text: str) -> None:
    # The file is written aside and linked: of two servers that start together, one secret wins.
    aside = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
