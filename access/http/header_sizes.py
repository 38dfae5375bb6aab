"""The sizes of headers: one line, and all of them together."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

_IN_ENVIRON = ("HTTP_", "CONTENT_")
_BETWEEN, _END = len(": "), len("\r\n")


def long_headers(meta: Mapping[str, Any]) -> str:
    """Return why the headers of a WSGI environ are too large, or an empty text.

    Lines with the same name count as one. Granian leaves out values that are not ASCII, so only
    its own limit, SERVER_BUFFER_BYTES, holds for them.
    """
    # Most requests are far below both limits, also with the other texts of the environ.
    texts = [len(key) + len(value) for key, value in meta.items() if isinstance(value, str)]
    if sum(texts) < settings.HEADER_BYTES // 2:
        return ""
    keys = [key for key in meta if key.startswith(_IN_ENVIRON)]
    lines = {_name(key): len(_name(key)) + _BETWEEN + len(meta[key]) for key in keys}
    longest = max(lines, key=lambda name: lines[name], default="")
    if lines.get(longest, 0) > settings.HEADER_BYTES:
        return f"{longest[:100]} is larger than {settings.HEADER_BYTES // 1024} kB."
    if sum(lines.values()) + _END * len(lines) > settings.ALL_HEADERS_BYTES:
        return f"The headers are larger than {settings.ALL_HEADERS_BYTES // 1024} kB together."
    return ""


def _name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()
