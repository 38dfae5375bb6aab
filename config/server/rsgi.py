"""Run Django behind Granian's event loop, which waits for slow clients.

The loop reads each request completely, within a time and a size limit, before one of
settings.THREADS threads runs Django. A slow client occupies no thread. A body that is incomplete,
too large or refused raises when it is read, and access/http/framing.py answers.
"""

import asyncio
import gc
import io
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from django.conf import settings
from granian.rsgi import ProtocolClosed

from access.http.body_limits import ARRIVED, own_limits
from config.server.connections import ConnectionLimit
from config.server.sockets import limit_unread_responses
from config.wsgi import application

# After config/wsgi.py, which loads the settings and the models.
from access.http.response_headers import alive_response  # isort: skip
from config.server.bodies import Bodies, sends_body  # isort: skip
from config.server.credentials import has_credential  # isort: skip
from config.server.passwords import prepare_passwords, refuse_password, slot_for  # isort: skip

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
        # Only Linux has the limit.
        self.is_limited = sys.platform != "linux"
        self.connections = ConnectionLimit()
        self.bodies = Bodies(self._has_credential)
        self.alive = [*alive_response().headers.items()]
        # Loads the URLconf here, not on the event loop.
        own_limits()
        prepare_passwords()
        # A full collection would look at every module for a tenth of a second, while all
        # threads of the process wait; the rows of a long call are looked at less often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._await_listening(loop)
        self.connections.watch(loop)

    def _await_listening(self, loop: asyncio.AbstractEventLoop) -> None:
        # Granian listens after __rsgi_init__.
        self._limit_unread_responses()
        if not self.is_limited:
            loop.call_later(0.005, self._await_listening, loop)

    def _limit_unread_responses(self) -> None:
        self.is_limited = self.is_limited or limit_unread_responses() > 0

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.threads.shutdown()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        self._limit_unread_responses()
        # /healthz shows only that the process is alive, so it waits for no thread.
        if scope.path == "/healthz":
            proto.response_bytes(200, self.alive, b"alive\n")
            return
        client = scope.client
        self.connections.in_use.add(client)
        try:
            await self._answer(_environ(scope), proto)
        finally:
            self.connections.in_use.discard(client)

    async def _answer(self, environ: dict[str, Any], proto: Any) -> None:
        if sends_body(environ):
            async with self.bodies.body_of(environ, proto) as body:
                await self._respond(environ, body, proto)
        else:
            await self._respond(environ, io.BytesIO(), proto)

    async def _respond(self, environ: dict[str, Any], body: io.IOBase, proto: Any) -> None:
        environ["wsgi.input"] = body
        environ[ARRIVED] = time.perf_counter()
        with slot_for(environ) as is_free:
            if is_free:
                await self._in_thread(_respond, environ, proto)
            else:
                refuse_password(proto)

    async def _has_credential(self, environ: dict[str, Any]) -> bool:
        found: bool = await self._in_thread(has_credential, environ)
        return found

    def _in_thread(self, function: Callable[..., Any], *values: Any) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().run_in_executor(self.threads, function, *values)


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
