"""The sockets of connections to PostgreSQL, and a question that every server answers."""

import os
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import NamedTuple

# The request for TLS in PostgreSQL's protocol; the answer is one byte.
SSL_REQUEST = bytes.fromhex("00000008 04d2162f")


class ServerAddress(NamedTuple):
    """A PostgreSQL or pgbouncer; the host is a name, an IP address or the folder of a socket."""

    host: str
    port: int

    def answers(self, seconds: float) -> bool:
        """Return whether the server answers; one without a free connection does, too."""
        try:
            with self._connected(seconds) as probe:
                probe.sendall(SSL_REQUEST)
                return probe.recv(1) != b""
        except OSError:
            return False

    def _connected(self, seconds: float) -> socket.socket:
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port), seconds)
        probe = socket.socket(socket.AF_UNIX)
        probe.settimeout(seconds)
        probe.connect(f"{self.host}/.s.PGSQL.{self.port}")
        return probe


def answering(addresses: Sequence[ServerAddress], seconds: float) -> Iterator[ServerAddress]:
    """Ask all servers at once, and yield each one as soon as it answers within `seconds`."""
    pool = ThreadPoolExecutor(max(len(addresses), 1), thread_name_prefix="hosts")
    asked = {pool.submit(address.answers, seconds): address for address in addresses}
    try:
        with suppress(TimeoutError):
            for done in as_completed(asked, seconds):
                if done.result():
                    yield asked[done]
    finally:
        # A frozen server must not delay the caller, which has an answer of another one.
        pool.shutdown(wait=False)


def shut_down_socket(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)
