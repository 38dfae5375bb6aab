"""Read bodies on the event loop, and limit the memory that all bodies of the process take.

Half of settings.BODY_MEMORY is for any client, the other half for clients with a credential that
works. Strangers who fill the first half therefore do not stop the clients with a credential.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import Error
from granian.rsgi import ProtocolClosed

from access.http.body_limits import Busy, CutOff, TooLarge, Unproven, Unreadable, largest_body
from access.http.paths import plain_path

log = logging.getLogger(__name__)

# Many clients read a refusal only after they have sent everything, so this much is discarded.
DRAINED_BYTES = 2 * settings.API_FILE_BYTES

Environ = dict[str, Any]


@dataclass
class Share:
    """Bytes that bodies take; only the event loop uses it, so it needs no lock."""

    most: int
    used: int = 0

    def take(self, size: int) -> bool:
        fits = self.used + size <= self.most
        self.used += size if fits else 0
        return fits


@dataclass
class Allowance:
    """Memory for one body: at most `size` bytes of `share`, and the fault of a longer body."""

    share: Share
    size: int
    beyond: OSError


class Bodies:
    """The bodies of all requests that the process is reading or answering."""

    def __init__(self, has_credential: Callable[[Environ], Awaitable[bool]]) -> None:
        half = settings.BODY_MEMORY * 1024 * 1024 // 2
        self.anyone, self.known = Share(half), Share(half)
        self.has_credential = has_credential

    @asynccontextmanager
    async def body_of(self, environ: Environ, proto: Any) -> AsyncIterator[io.IOBase]:
        """Yield the body, or an Unreadable; its memory counts until the block ends."""
        try:
            allowance = await self._allowance(environ)
        except OSError as refused:
            await _discard(environ, proto)
            yield Unreadable(refused)
            return
        try:
            yield await _read(environ, proto, allowance)
        finally:
            allowance.share.used -= allowance.size

    async def _allowance(self, environ: Environ) -> Allowance:
        """Return the allowance of a body; raises TooLarge, Unproven or Busy if it gets none."""
        length = _length(environ)
        limit = largest_body(plain_path(environ["PATH_INFO"]), environ.get("CONTENT_TYPE", ""))
        size = limit if length is None else length
        if size > limit:
            raise TooLarge
        if size <= settings.UNCOUNTED_BODY_BYTES:
            return Allowance(Share(size, used=size), size, TooLarge())
        if size <= settings.UNPROVEN_BODY_BYTES and self.anyone.take(size):
            return Allowance(self.anyone, size, TooLarge())
        if await self._is_known(environ):
            return _taken(self.known, size, TooLarge())
        if length is None or size <= settings.UNPROVEN_BODY_BYTES:
            return _taken(self.anyone, min(size, settings.UNPROVEN_BODY_BYTES), Unproven())
        raise Unproven

    async def _is_known(self, environ: Environ) -> bool:
        try:
            return await self.has_credential(environ)
        except Error as fault:
            log.error("A credential could not be checked: %s", fault)
            raise Busy from None


def sends_body(environ: Environ) -> bool:
    return "HTTP_TRANSFER_ENCODING" in environ or _length(environ) != 0


def _length(environ: Environ) -> int | None:
    """Return the length of the body, or None if it is chunked."""
    length = environ.get("CONTENT_LENGTH")
    if length is None and "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return int(length or 0)


def _taken(share: Share, size: int, beyond: OSError) -> Allowance:
    if not share.take(size):
        raise Busy
    return Allowance(share, size, beyond)


async def _read(environ: Environ, proto: Any, allowance: Allowance) -> io.IOBase:
    is_whole = _length(environ) is not None
    try:
        async with asyncio.timeout(settings.BODY_TIMEOUT):
            return io.BytesIO(await proto() if is_whole else await _read_chunks(proto, allowance))
    except OSError as fault:
        return Unreadable(fault)
    except ProtocolClosed:
        return Unreadable(CutOff())


async def _read_chunks(proto: Any, allowance: Allowance) -> bytes:
    """Return a chunked body; raise `allowance.beyond` if it is longer, or CutOff."""
    chunks, size, ends = [], 0, 0
    async for chunk in proto:
        size += len(chunk)
        # Granian ends a body with one empty chunk, and an incomplete one with two.
        ends += not chunk
        if size <= allowance.size:
            chunks.append(chunk)
        elif size > DRAINED_BYTES:
            break
    if size > allowance.size:
        raise allowance.beyond
    if ends != 1:
        raise CutOff
    return b"".join(chunks)


async def _discard(environ: Environ, proto: Any) -> None:
    """Read a refused body and drop it, unless the client waits for the response before it."""
    if "HTTP_EXPECT" in environ or (_length(environ) or 0) > DRAINED_BYTES:
        return
    size = 0
    with suppress(TimeoutError, ProtocolClosed):
        async with asyncio.timeout(settings.BODY_TIMEOUT):
            async for chunk in proto:
                size += len(chunk)
                if size > DRAINED_BYTES:
                    return
