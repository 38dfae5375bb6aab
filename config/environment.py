"""Typed readers for environment variables: a bad value stops the start with a sentence."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, default: bool) -> bool:
    text = os.environ.get(name, "")
    if text not in ("", "true", "false"):
        raise ImproperlyConfigured(f"{name}={text}: use 'true' or 'false'.")
    return default if text == "" else text == "true"


def number(name: str, default: int, at_least: int = 0) -> int:
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and int(text) >= at_least):
        raise ImproperlyConfigured(f"{name}={text}: use a whole number of at least {at_least}.")
    return int(text)


def words(name: str, default: str) -> list[str]:
    text = os.environ.get(name, "") or default
    return [word.strip() for word in text.split(",") if word.strip()]


def secret(name: str, folder: Path) -> str:
    """Return the secret `name`: the environment's, else the one kept in `folder`, made once."""
    given = os.environ.get(name, "")
    if given:
        return given
    kept = folder / name.lower()
    if not kept.exists():
        _keep(kept, secrets.token_urlsafe(48))
    return kept.read_text()


def _keep(path: Path, text: str) -> None:
    # Written aside and linked: of two servers starting at once, one secret wins.
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
