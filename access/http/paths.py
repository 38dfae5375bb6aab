"""The paths of the API: clients may double slashes, end with one, and write ids in capitals."""

import re

from access.values.identifiers import SENT_UUID_PATTERN

_ID = re.compile(rf"(?<=/){SENT_UUID_PATTERN}(?![^/])")


def is_api_path(path: str) -> bool:
    return path.startswith("/api/") or path == "/api"


def plain_path(path: str) -> str:
    """Return the path of the URLconf for a path of the API in any spelling; others stay.

    An encoded slash counts as a slash, because Granian decodes the path.
    """
    plain = re.sub("//+", "/", path) if "//" in path else path
    if not is_api_path(plain):
        return path
    plain = plain.rstrip("/")
    # Only a path with a capital letter can have an id in capitals.
    return plain if plain.islower() else _ID.sub(lambda found: found[0].lower(), plain)
