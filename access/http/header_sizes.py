"""The sizes of headers: one line, and all of them together."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

_BETWEEN, _END = len(": "), len("\r\n")


def long_headers(meta: Mapping[str, Any]) -> str:
    """Return why the headers of a WSGI environ are too large, or an empty text.

    Lines with the same name count as one. Granian leaves out values that are not ASCII, so only
    its own limit, SERVER_BUFFER_BYTES, holds for them.
    """
    total = 0
    for key, value in meta.items():
        if not (key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")):
            continue
        name = key.removeprefix("HTTP_")
        size = len(name) + _BETWEEN + len(value)
        if size > settings.HEADER_BYTES:
            return f"{_title(name)} is larger than {settings.HEADER_BYTES // 1024} kB."
        total += size + _END
    if total > settings.ALL_HEADERS_BYTES:
        return f"The headers are larger than {settings.ALL_HEADERS_BYTES // 1024} kB together."
    return ""


def _title(name: str) -> str:
    return name.replace("_", "-").title()[:100]
