"""Environment variables with addresses of the web."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.environment import text, words

WEB_ADDRESS = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[^/?#@\[\]:\s]+)(:[0-9]{1,5})?([/?#]\S*)?\Z", re.IGNORECASE
)


def web_address(name: str, *, derived: str, by: str) -> str:
    """Return the URL of `name`, or ""; raises if it is empty and `by` needs one."""
    return _checked(name, text(name, derived=derived, by=by))


def origins(name: str) -> list[str]:
    """Return the origins that `name` lists, such as https://rooms.example.org."""
    return [_checked(name, word) for word in words(name)]


def _checked(name: str, given: str) -> str:
    if given and not WEB_ADDRESS.match(given):
        raise ImproperlyConfigured(f"{name}={given}: use a URL such as https://rooms.example.org.")
    return given
