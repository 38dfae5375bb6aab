"""The sockets of connections to PostgreSQL, and a question that every server answers."""

import os
import socket
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


def shut_down_socket(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)
