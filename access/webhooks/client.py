"""One call of an endpoint: to an address that was checked, within a time, and no further.

Made of http.client and a socket that is connected already: there is no pool, proxy, redirect or
second look-up that could lead anywhere else than where `addresses` said.
"""

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv6Address
from typing import Any

from access.webhooks.addresses import (
    Address,
    ForbiddenAddress,
    Resolver,
    Target,
    addresses_of,
    read_url,
    resolve_by_system,
)

# From the first look-up to the last byte of the answer.
SECONDS = 10.0
# More of an answer is neither read nor waited for.
ANSWER_BYTES = 16 * 1024
# As much of it is kept, for whoever looks for the reason.
KEPT_CHARACTERS = 1000

ALWAYS = {
    "Content-Type": "application/json",
    "User-Agent": "Greenroom-Webhooks",
    "Connection": "close",
}


@dataclass(frozen=True)
class CallOutcome:
    """What became of a call. `status` is None when no answer came, or none to its end."""

    sentence: str
    status: int | None = None
    answer: str = ""
    milliseconds: int = 0

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WholeLines(io.BufferedReader):
    """Takes a line for one only with its end; to http.client, headers may end with the data."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise HTTPException
        return line


class WholeResponse(HTTPResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = WholeLines(self.fp.detach())


@dataclass(frozen=True)
class WebhookClient:
    """Posts to endpoints. What it is made with are seams for tests; the defaults are for real."""

    resolve: Resolver = resolve_by_system
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CallOutcome:
        """Send `body`, once, and say what became of it; raises nothing that a receiver causes."""
        started = time.monotonic()
        outcome = self._post(url, body, headers, started + self.seconds)
        return replace(outcome, milliseconds=int((time.monotonic() - started) * 1000))

    def _post(self, url: str, body: bytes, headers: Mapping[str, str], end: float) -> CallOutcome:
        try:
            target = read_url(url)
            addresses = addresses_of(target, self.resolve)
            with self._connected(target, addresses, end) as connected:
                return _exchange(connected, target, body, headers)
        except ForbiddenAddress as wrong:
            return CallOutcome(f"Not sent: {wrong}")
        except TimeoutError:
            return CallOutcome(f"No whole answer within {self.seconds:g} seconds.")
        except ssl.SSLError as wrong:
            return CallOutcome(f"No trusted connection: {wrong.reason or wrong}.")
        except OSError as wrong:
            return CallOutcome(f"No connection: {wrong.strerror or wrong}.")
        except HTTPException as wrong:
            return CallOutcome(f"No whole answer: {type(wrong).__name__}.")

    @contextlib.contextmanager
    def _connected(
        self, target: Target, addresses: list[Address], end: float
    ) -> Iterator[socket.socket]:
        plain = _connect(addresses, target.port, end)
        closing = contextlib.closing(self._wrapped(plain, target))
        # A receiver that sends a byte now and then never meets the timeout of a single read.
        with closing as connected, _cut_off(connected, end):
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            yield connected

    def _wrapped(self, plain: socket.socket, target: Target) -> socket.socket:
        if target.scheme == "http":
            return plain
        # The certificate is checked against the name, whatever address it was connected to.
        return self.tls.wrap_socket(
            plain, server_hostname=target.host, do_handshake_on_connect=False
        )


def _connect(addresses: list[Address], port: int, end: float) -> socket.socket:
    """Return a connection to the first of the addresses that takes one."""
    failed: OSError | None = None
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        remaining = end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        connected = socket.socket(family, socket.SOCK_STREAM)
        # One that hangs leaves time for the others.
        connected.settimeout(remaining / left)
        try:
            connected.connect((str(address), port))
        except OSError as wrong:
            connected.close()
            failed = wrong
        else:
            connected.settimeout(max(end - time.monotonic(), 0.001))
            return connected
    raise failed or TimeoutError


@contextlib.contextmanager
def _cut_off(connected: socket.socket, end: float) -> Iterator[None]:
    """End the connection at the moment `end_page` (monotonic), whatever it is waiting for then."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            # Past SSLSocket.shutdown, which is not for another thread.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(max(end - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    else:
        # An answer of no known length just seems to end there.
        if late.is_set():
            raise TimeoutError
    finally:
        timer.cancel()


def _exchange(
    connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> CallOutcome:
    connection = HTTPConnection(target.host, target.port)
    connection.sock, connection.response_class = connected, WholeResponse
    connection.request("POST", target.path, body, {**headers, **ALWAYS, "Host": target.authority})
    response = connection.getresponse()
    kept = _read(response)
    if 300 <= response.status < 400:
        sentence = f"Answered {response.status}; redirects are not followed."
    else:
        sentence = f"Answered {response.status}."
    return CallOutcome(sentence, response.status, kept)


def _read(response: HTTPResponse) -> str:
    """Return how an answer begins; raises HTTPException if it breaks off before its end."""
    read = response.read(ANSWER_BYTES)
    if len(read) < ANSWER_BYTES and response.length:
        raise HTTPException
    text = read.decode("utf-8", "replace")[:KEPT_CHARACTERS]
    # PostgreSQL keeps no NUL.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
