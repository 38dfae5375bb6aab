"""Run Django behind Granian's event loop, which waits for slow clients.

The loop reads each request completely, within a time and a size limit, before one of
settings.THREADS threads runs Django. A slow client occupies no thread. An incomplete or too large
body raises when it is read, and access/http/framing.py answers.
"""

import asyncio
import io
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from django.conf import settings
from granian.rsgi import ProtocolClosed

from access.http.body_limits import ARRIVED, CutOff, TooLarge, Unreadable, largest_body, own_limits
from access.http.paths import plain_path
from config.wsgi import application

# A client reads the 413 only after it has sent everything, so up to this size is discarded.
DRAINED_BYTES = 2 * settings.API_FILE_BYTES
COMMON_ENVIRON = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Server:
    """The callable that Granian calls for each request (RSGI protocol, version 1)."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(settings.THREADS, thread_name_prefix="request")
        # Loads the URLconf here, not on the event loop.
        own_limits()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.threads.shutdown()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        # /healthz shows only that the process is alive, so it waits for no thread.
        if scope.path == "/healthz":
            proto.response_str(200, [("content-type", "text/plain")], "alive\n")
            return
        environ = _environ(scope)
        environ["wsgi.input"] = await _body(environ, proto)
        environ[ARRIVED] = time.perf_counter()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.threads, _respond, environ, proto)


def _respond(environ: dict[str, Any], proto: Any) -> None:
    head: list[Any] = []
    response: Any = application(environ, lambda status, headers: head.extend((status, headers)))
    try:
        status, headers = int(head[0][:3]), head[1]
        if response.streaming:
            _stream(response, proto.response_stream(status, headers))
        else:
            proto.response_bytes(status, headers, response.content)
    except ProtocolClosed:
        # The client has disconnected.
        pass
    finally:
        response.close()


def _stream(response: Iterable[bytes], transport: Any) -> None:
    for chunk in response:
        # send_bytes returns immediately, or raises if the client has disconnected.
        for _ in transport.send_bytes(chunk).__await__():
            pass


async def _body(environ: dict[str, Any], proto: Any) -> io.IOBase:
    length = environ.get("CONTENT_LENGTH")
    if length is None and "HTTP_TRANSFER_ENCODING" not in environ:
        return io.BytesIO()
    limit = largest_body(plain_path(environ["PATH_INFO"]), environ.get("CONTENT_TYPE", ""))
    # Clients that sent Expect are answered before they send the body.
    if int(length or 0) > (limit if "HTTP_EXPECT" in environ else DRAINED_BYTES):
        return Unreadable(TooLarge())
    fits = length is not None and int(length) <= limit
    try:
        async with asyncio.timeout(settings.BODY_TIMEOUT):
            return io.BytesIO(await proto() if fits else await _read_chunks(proto, limit))
    except OSError as fault:
        return Unreadable(fault)
    except ProtocolClosed:
        return Unreadable(CutOff())


async def _read_chunks(proto: Any, limit: int) -> bytes:
    """Return a body of unknown length; raise TooLarge beyond `limit`, or CutOff."""
    chunks, size, ends = [], 0, 0
    async for chunk in proto:
        size += len(chunk)
        # Granian ends a body with one empty chunk, and an incomplete one with two.
        ends += not chunk
        if size <= limit:
            chunks.append(chunk)
        elif size > DRAINED_BYTES:
            break
    if size > limit:
        raise TooLarge
    if ends != 1:
        raise CutOff
    return b"".join(chunks)


def _environ(scope: Any) -> dict[str, Any]:
    """Return the WSGI environ (PEP 3333) of a request, without its body."""
    server, _, port = scope.server.rpartition(":")
    environ = {
        **COMMON_ENVIRON,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    sent = scope.headers.items()
    # Granian drops a header value that is not ASCII. Without its If-Match a request would be
    # unconditional, so a value is set that matches nothing.
    unreadable = [(name, "\xff") for name in set(scope.headers.keys()) - {name for name, _ in sent}]
    for name, value in (*sent, *unreadable):
        # X_Request_Id would be read as X-Request-Id.
        if "_" not in name:
            key = _key(name)
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


server = Server()
