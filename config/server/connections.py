"""Close connections of a client address that holds too many: Granian has no such limit."""

import asyncio
import logging
import socket
import struct
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings

from access.http.client_address import client_network
from config.server.sockets import descriptors, tcp_socket

log = logging.getLogger(__name__)

# Seconds until the next look, and after a look that found too many.
EVERY, SOON = 1.0, 0.25
# An attack would fill the log with a line for each look.
LOG_EVERY = 60.0
# Milliseconds since the process last sent and last received data, in struct tcp_info of Linux.
SENT, RECEIVED = 44, 52
INFO_BYTES = 56
# close() then discards the data that the client has not read.
AT_ONCE = struct.pack("ii", 1, 0)


class Connection(NamedTuple):
    """A connection; `quiet` is the time without data, in milliseconds."""

    descriptor: int
    client: str
    quiet: int


class ConnectionLimit:
    """Closes the connections of an address above settings.CONNECTIONS_PER_ADDRESS.

    Those with a request in progress stay longest, and then those that had data most recently.
    """

    def __init__(self) -> None:
        # The clients of requests in progress, as Granian writes them.
        self.in_use: set[str] = set()
        self.logged = -LOG_EVERY

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look now and in the future, unless all connections are those of proxies."""
        if settings.PROXIES or sys.platform != "linux":
            return
        pause = EVERY
        try:
            pause = SOON if self.close_excess() else EVERY
        finally:
            loop.call_later(pause, self.watch, loop)

    def close_excess(self) -> int:
        """Return the number of connections that were closed."""
        found = descriptors()
        # The usual case costs nothing more.
        if len(found) <= settings.CONNECTIONS_PER_ADDRESS:
            return 0
        return sum(self._close_excess_of(*each) for each in self._by_address(found).items())

    def _close_excess_of(self, address: str, connections: list[Connection]) -> int:
        excess = sorted(connections, key=self._value)[: -settings.CONNECTIONS_PER_ADDRESS]
        for each in excess:
            _close(each)
        if excess:
            self._report(address, len(excess))
        return len(excess)

    def _by_address(self, found: list[int]) -> dict[str, list[Connection]]:
        addresses = defaultdict(list)
        for address, connection in self._connections(found):
            addresses[address].append(connection)
        return addresses

    def _connections(self, found: list[int]) -> Iterator[tuple[str, Connection]]:
        for number in found:
            # Granian may have closed it, or it belongs to something else.
            with suppress(OSError), tcp_socket(number) as each:
                if each.getsockname()[1] == settings.PORT:
                    host, client = _peer(each)
                    yield client_network(host), Connection(number, client, _quiet(each))

    def _value(self, connection: Connection) -> tuple[bool, int]:
        return connection.client in self.in_use, -connection.quiet

    def _report(self, address: str, closed: int) -> None:
        if time.monotonic() - self.logged < LOG_EVERY:
            return
        self.logged = time.monotonic()
        log.warning(
            "Closed %d connections of %s, which had more than %d.",
            closed,
            address,
            settings.CONNECTIONS_PER_ADDRESS,
        )


def _peer(each: socket.socket) -> tuple[str, str]:
    """Return the client's address, alone and with its port as Granian writes it."""
    host, port = each.getpeername()[:2]
    return host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _quiet(each: socket.socket) -> int:
    """Return the milliseconds in which no data was sent or received."""
    info = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, INFO_BYTES)
    return min(struct.unpack_from("=I", info, at)[0] for at in (SENT, RECEIVED))


def _close(connection: Connection) -> None:
    """End the connection, after which Granian closes its socket."""
    with suppress(OSError), tcp_socket(connection.descriptor) as each:
        # The descriptor may be another connection's by now.
        if _peer(each)[1] == connection.client:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            each.shutdown(socket.SHUT_RDWR)
