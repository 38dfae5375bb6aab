"""Read a receiver's response with http.client, without three of its limits.

http.client takes 102 and 103 for the final response, refuses more than 100 header lines, and
accepts headers that break off.
"""

import io
import re
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, HTTPResponse
from itertools import takewhile
from typing import Any

# The rest of a longer response is not read.
ANSWER_BYTES = 16 * 1024
# All headers of a response, together with the interim responses (1xx) before it.
HEAD_BYTES = 64 * 1024
# The log of attempts keeps this part of a response.
KEPT_CHARACTERS = 1000

# An interim response precedes the final one. After 101 the connection is no longer HTTP.
INTERIM = re.compile(rb"HTTP/1\.[0-9] +1(?!01)[0-9]{2}\b")
# The only headers that a webhook call needs; the others are read and dropped.
NEEDED = re.compile(rb"(content-length|transfer-encoding|connection|retry-after):", re.IGNORECASE)


class CompleteLineReader(io.BufferedReader):
    """Rejects a line without its end: http.client accepts headers that break off."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise HTTPException
        return line


class FinalResponse(HTTPResponse):
    """The response after all interim ones, with the needed headers only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = CompleteLineReader(self.fp.detach())

    def begin(self) -> None:
        stream = self.fp
        self.fp = io.BufferedReader(io.BytesIO(_final_head(stream)))
        try:
            super().begin()
        finally:
            self.fp = stream


def read_answer(response: HTTPResponse) -> str:
    """Return the start of a response; raise HTTPException if it is incomplete."""
    read = response.read(ANSWER_BYTES)
    if len(read) < ANSWER_BYTES and response.length:
        raise HTTPException
    text = read.decode("utf-8", "replace")[:KEPT_CHARACTERS]
    # PostgreSQL rejects NUL.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _final_head(stream: io.BufferedIOBase) -> bytes:
    lines = _lines(stream)
    for status in lines:
        if not status.startswith(b"HTTP/"):
            raise BadStatusLine(repr(status))
        headers = takewhile(lambda line: line.rstrip(b"\r\n"), lines)
        needed = [*filter(NEEDED.match, headers)]
        if not INTERIM.match(status):
            return b"".join([status, *needed, b"\r\n"])
    raise HTTPException


def _lines(stream: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield the lines of all heads; raise HTTPException beyond HEAD_BYTES."""
    left = HEAD_BYTES
    while left > 0:
        line = stream.readline(left + 1)
        left -= len(line)
        yield line
    raise HTTPException
