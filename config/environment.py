"""Typed readers for environment variables: a bad value stops the start with a sentence.

Each reader records its variable with its description from config/variables.py. The list in
./run help, .env.example and docs/reference/settings.md are made from these records.
"""

import os
import re
import secrets
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from config.kept_secrets import is_public, kept_secret, make_private_folder
from config.variables import DESCRIPTIONS

# HS512 wants as many bytes as it makes (RFC 7518, section 3.2).
SHORTEST_KEY = 64
RATE = re.compile(r"([1-9][0-9]{0,8})/([a-z]+)")
# The names of each unit of a rate.
SECONDS = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86400),
}
# No setting needs a larger number.
LARGEST = 999_999_999
KEY = re.compile(rf"([A-Za-z0-9_-]{{1,64}}):([!-~]{{{SHORTEST_KEY},}})\Z")
KEPT = "made once and kept in `GREENROOM_DATA`"


class Variable(NamedTuple):
    """An environment variable, as the documentation shows it."""

    kind: str
    # A value to type, or "" where `derived` describes the default in words.
    default: str
    derived: str


class Rate(NamedTuple):
    """A limit: at most `most` requests in `seconds`."""

    most: int
    seconds: int


# In the order of config/settings.py.
VARIABLES: dict[str, Variable] = {}


def _read(name: str, kind: str, default: str = "", derived: str = "") -> str:
    """Return the value of the environment variable `name`, and record the variable."""
    if name not in DESCRIPTIONS:
        raise LookupError(f"{name} has no description in config/variables.py.")
    # The first record stays: a test may read the variable again in another way.
    VARIABLES.setdefault(name, Variable(kind, "" if derived else default, derived))
    given = os.environ.get(name, "")
    if not given.isprintable():
        # Python reads bytes that are not UTF-8 as lone surrogates, which no file or socket accepts.
        raise ImproperlyConfigured(f"{name}: use printable UTF-8 text of one line.")
    return given


def text(name: str, default: str = "", *, derived: str = "", by: str = "") -> str:
    """Return the value of `name`, or `default`; raises if both are empty and `by` needs one."""
    found = _read(name, "text", default, derived) or default
    if by and not found:
        raise ImproperlyConfigured(f"{name} is empty, and {by} needs it.")
    return found


def folder(name: str, default: Path, *, derived: str) -> Path:
    """Return the private folder that `name` names, which is made if it does not exist."""
    found = Path(text(name, str(default), derived=derived)).absolute()
    try:
        make_private_folder(found, is_own=found == default)
    except OSError as fault:
        raise ImproperlyConfigured(f"{name}={found}: {fault.strerror}.") from None
    if is_public(found):
        raise ImproperlyConfigured(
            f"{name}={found}: other users of this machine may read it. Run: chmod 700 {found}"
        )
    return found


def flag(name: str, default: bool) -> bool:
    given = _read(name, "`true` or `false`", str(default).lower())
    if given not in ("", "true", "false"):
        raise ImproperlyConfigured(f"{name}={given}: use 'true' or 'false'.")
    return default if given == "" else given == "true"


def number(name: str, default: int, at_least: int = 0, at_most: int = LARGEST) -> int:
    bounds = f"of at least {at_least}" if at_most == LARGEST else f"from {at_least} to {at_most}"
    given = _read(name, f"whole number {bounds}", str(default)) or str(default)
    # Python does not read numbers of more than 4,300 digits.
    found = int(given[-10:]) if given.isascii() and given.isdigit() else -1
    if found < at_least:
        raise ImproperlyConfigured(f"{name}={given}: use a whole number of at least {at_least}.")
    if found > at_most or len(given) > 10:
        raise ImproperlyConfigured(f"{name}={given}: use a whole number of at most {at_most}.")
    return found


def rate(name: str) -> Rate | None:
    """Return a limit such as 600/min; None if the variable is empty."""
    given = _read(name, "number per `s`, `min`, `hour` or `day`, such as `600/min`")
    if not given:
        return None
    found = RATE.fullmatch(given)
    if not found or found[2] not in SECONDS:
        raise ImproperlyConfigured(
            f"{name}={given}: use a whole number of 1 to 999999999, a slash, and s, min, hour or"
            " day, such as 600/min."
        )
    return Rate(int(found[1]), SECONDS[found[2]])


def words(name: str, default: str = "", *, derived: str = "") -> list[str]:
    given = _read(name, "list with commas", default, derived) or default
    return _split(given)


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def one_of(name: str, *choices: str) -> str:
    """Return one of `choices`; the first is the default."""
    kind = " or ".join(f"`{choice}`" for choice in choices)
    given = _read(name, kind, choices[0]) or choices[0]
    if given not in choices:
        raise ImproperlyConfigured(f"{name}={given}: use one of {', '.join(choices)}.")
    return given


def bearer(name: str, shortest: int) -> str:
    """Return the token that a client must send, or ""; raises if it could be guessed."""
    given = _read(name, f"text of at least {shortest} characters without spaces")
    if given and not re.fullmatch(rf"[!-~]{{{shortest},}}", given):
        raise ImproperlyConfigured(
            f"{name}: use at least {shortest} characters, none of them a space."
        )
    return given


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks that `name` lists, such as 10.0.0.0/8,127.0.0.1; none if it is unset."""
    given = _read(name, "list of networks with commas")
    try:
        return [ip_network(word) for word in _split(given)]
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name}: {wrong}.") from wrong


def secret(name: str, folder: Path) -> str:
    """Return the secret of the environment, or the one kept in `folder`, which is made once."""
    given = _read(name, "text", derived=KEPT)
    return given or _kept(name, folder, lambda: secrets.token_urlsafe(48))


def keys(name: str, folder: Path) -> dict[str, str]:
    """Return secrets by their ids: id:secret,id2:secret2. The first signs.

    If the environment has none, one is made once and kept in `folder`.
    """
    kind = f"`id:secret` pairs with commas, each secret of at least {SHORTEST_KEY} characters"
    given = _read(name, kind, derived=KEPT)
    pairs = (given or _kept(name, folder, _new_key)).split(",")
    found = dict(filter(None, map(_key, pairs)))
    if len(found) < len(pairs):
        raise ImproperlyConfigured(
            f"{name}: use id:secret, or several with commas between; each id once, of at most 64 "
            f"of the characters A-Z a-z 0-9 _ -, each secret of at least {SHORTEST_KEY} characters."
        )
    return found


def _kept(name: str, folder: Path, make: Callable[[], str]) -> str:
    path = folder / name.lower()
    try:
        return kept_secret(path, make)
    except (OSError, UnicodeDecodeError) as fault:
        raise ImproperlyConfigured(f"{name} cannot be kept in {path}: {fault}.") from None


def _key(pair: str) -> tuple[str, str] | None:
    found = KEY.match(pair.strip())
    return (found[1], found[2]) if found else None


def _new_key() -> str:
    return f"{secrets.token_hex(4)}:{secrets.token_urlsafe(48)}"
