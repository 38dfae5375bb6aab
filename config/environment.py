"""Typed readers for environment variables: a bad value stops the start with a sentence."""

import os
import re
import secrets
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

# HS512 wants as many bytes as it makes (RFC 7518, section 3.2).
SHORTEST_KEY = 64
RATE = re.compile(r"([1-9][0-9]{0,8})/([a-z]+)")
# What each unit of a rate may be called.
SECONDS = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86400),
}
KEY = re.compile(rf"([A-Za-z0-9_-]{{1,64}}):([!-~]{{{SHORTEST_KEY},}})\Z")


class Rate(NamedTuple):
    """How many of something in how many seconds."""

    most: int
    seconds: int


def flag(name: str, default: bool) -> bool:
    text = os.environ.get(name, "")
    if text not in ("", "true", "false"):
        raise ImproperlyConfigured(f"{name}={text}: use 'true' or 'false'.")
    return default if text == "" else text == "true"


def number(name: str, default: int, at_least: int = 0, at_most: int | None = None) -> int:
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and int(text) >= at_least):
        raise ImproperlyConfigured(f"{name}={text}: use a whole number of at least {at_least}.")
    if at_most is not None and int(text) > at_most:
        raise ImproperlyConfigured(f"{name}={text}: use a whole number of at most {at_most}.")
    return int(text)


def rate(name: str) -> Rate | None:
    """Return how often something may happen, such as 600/min; None if nothing is said."""
    text = os.environ.get(name, "")
    if not text:
        return None
    found = RATE.fullmatch(text)
    if not found or found[2] not in SECONDS:
        raise ImproperlyConfigured(
            f"{name}={text}: use a whole number of 1 to 999999999, a slash, and s, min, hour or"
            " day, such as 600/min."
        )
    return Rate(int(found[1]), SECONDS[found[2]])


def words(name: str, default: str) -> list[str]:
    text = os.environ.get(name, "") or default
    return [word.strip() for word in text.split(",") if word.strip()]


def one_of(name: str, *choices: str) -> str:
    """Return one of `choices`, the first when nothing is said."""
    text = os.environ.get(name, "") or choices[0]
    if text not in choices:
        raise ImproperlyConfigured(f"{name}={text}: use one of {', '.join(choices)}.")
    return text


def needed(name: str, by: str = "") -> str:
    """Return what the environment says, which the setting `by` cannot do without."""
    text = os.environ.get(name, "")
    if by and not text:
        raise ImproperlyConfigured(f"{name} is empty, and {by} needs it.")
    return text


def shown(name: str, shortest: int) -> str:
    """Return what a caller has to show, or nothing; raises where it could be guessed."""
    text = os.environ.get(name, "")
    if text and not re.fullmatch(rf"[!-~]{{{shortest},}}", text):
        raise ImproperlyConfigured(
            f"{name}: use at least {shortest} characters, none of them a space."
        )
    return text


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks that `name` lists, such as 10.0.0.0/8,127.0.0.1; none if it is unset."""
    try:
        return [ip_network(word) for word in words(name, default="")]
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name}: {wrong}.") from wrong


def secret(name: str, folder: Path, make: Callable[[], str] | None = None) -> str:
    """Return the secret `name`: the environment's, else the one kept in `folder`, made once."""
    given = os.environ.get(name, "")
    if given:
        return given
    kept = folder / name.lower()
    if not kept.exists():
        _keep(kept, make() if make else secrets.token_urlsafe(48))
    return kept.read_text()


def keys(name: str, folder: Path) -> dict[str, str]:
    """Return secrets by their ids, the one that signs first: id:secret,id2:secret2.

    Where the environment has none, one is made once and kept in `folder`.
    """
    pairs = secret(name, folder, make=_new_key).split(",")
    found = dict(filter(None, map(_key, pairs)))
    if len(found) < len(pairs):
        raise ImproperlyConfigured(
            f"{name}: use id:secret, or several with commas between; each id once, of at most 64 "
            f"of the characters A-Z a-z 0-9 _ -, each secret of at least {SHORTEST_KEY} characters."
        )
    return found


def _key(pair: str) -> tuple[str, str] | None:
    found = KEY.match(pair.strip())
    return (found[1], found[2]) if found else None


def _new_key() -> str:
    return f"{secrets.token_hex(4)}:{secrets.token_urlsafe(48)}"


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
