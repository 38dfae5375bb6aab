"""Secrets that are made once and kept in the data folder, readable by its owner alone."""

import os
from collections.abc import Callable
from pathlib import Path


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
