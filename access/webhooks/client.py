"""Send one request to an endpoint, at a checked address and within a time limit.

http.client gets a socket that is already connected. So no pool, proxy, redirect or second DNS
lookup can lead to another address than the one that was checked.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address

from access.webhooks.addresses import (
    Address,
    ForbiddenAddress,
    Resolver,
    Target,
    addresses_of,
    read_url,
    resolve_by_system,
)
from access.webhooks.responses import FinalResponse, read_answer

# The limit includes the DNS lookup and the whole response.
SECONDS = 10.0

HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "Greenroom-Webhooks",
    "Connection": "close",
}


@dataclass(frozen=True)
class CallOutcome:
    """The result of a request. `status` is None without a complete response."""

    sentence: str
    status: int | None = None
    answer: str = ""
    milliseconds: int = 0
    # The header Retry-After as it came, or "".
    retry_after: str = ""

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class WebhookClient:
    """Sends POST requests to endpoints. Tests replace its fields; production uses the defaults."""

    resolve: Resolver = resolve_by_system
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CallOutcome:
        """Send `body` once and return the result; no receiver can make this raise."""
        started = time.monotonic()
        outcome = self._post(url, body, headers, started + self.seconds)
        return replace(outcome, milliseconds=int((time.monotonic() - started) * 1000))

    def _post(self, url: str, body: bytes, headers: Mapping[str, str], end: float) -> CallOutcome:
        try:
            target = read_url(url)
            addresses = addresses_of(target, self.resolve)
            with self._connected(target, addresses, end) as connected:
                return _exchange(connected, target, body, headers)
        except ForbiddenAddress as fault:
            return CallOutcome(f"Not sent: {fault}")
        except TimeoutError:
            return CallOutcome(f"No complete response within {self.seconds:g} seconds.")
        except ssl.SSLError as fault:
            return CallOutcome(f"No trusted connection: {fault.reason or fault}.")
        except OSError as fault:
            return CallOutcome(f"No connection: {fault.strerror or fault}.")
        except HTTPException as fault:
            return CallOutcome(f"No complete response: {type(fault).__name__}.")

    @contextlib.contextmanager
    def _connected(
        self, target: Target, addresses: list[Address], end: float
    ) -> Iterator[socket.socket]:
        plain = _connect(addresses, target.port, end)
        closing = contextlib.closing(self._wrapped(plain, target))
        # A receiver that sends single bytes slowly never exceeds the timeout of one read.
        with closing as connected, _deadline(connected, end):
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            yield connected

    def _wrapped(self, plain: socket.socket, target: Target) -> socket.socket:
        if target.scheme == "http":
            return plain
        # The certificate must match the host name, not the address of the connection.
        return self.tls.wrap_socket(
            plain, server_hostname=target.host, do_handshake_on_connect=False
        )


def _connect(addresses: list[Address], port: int, end: float) -> socket.socket:
    """Return a connection to the first address that accepts one."""
    failed: OSError | None = None
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        remaining = end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        connected = socket.socket(family, socket.SOCK_STREAM)
        # An address that hangs must leave time for the other addresses.
        connected.settimeout(remaining / left)
        try:
            connected.connect((str(address), port))
        except OSError as fault:
            connected.close()
            failed = fault
        else:
            connected.settimeout(max(end - time.monotonic(), 0.001))
            return connected
    raise failed or TimeoutError


@contextlib.contextmanager
def _deadline(connected: socket.socket, end: float) -> Iterator[None]:
    """Shut the connection down at `end` (monotonic time), even during a read."""
    late = threading.Event()

    def shut_down() -> None:
        late.set()
        with contextlib.suppress(OSError):
            # SSLSocket.shutdown is not safe to call from another thread.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(max(end - time.monotonic(), 0), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    else:
        # A response without a length seems complete when the connection ends.
        if late.is_set():
            raise TimeoutError
    finally:
        timer.cancel()


def _exchange(
    connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> CallOutcome:
    connection = HTTPConnection(target.host, target.port)
    connection.sock, connection.response_class = connected, FinalResponse
    connection.request("POST", target.path, body, {**headers, **HEADERS, "Host": target.authority})
    response = connection.getresponse()
    kept = read_answer(response)
    if 300 <= response.status < 400:
        sentence = f"Answered {response.status}; redirects are not followed."
    else:
        sentence = f"Answered {response.status}."
    retry_after = response.headers.get("Retry-After", "")
    return CallOutcome(sentence, response.status, kept, retry_after=retry_after)
