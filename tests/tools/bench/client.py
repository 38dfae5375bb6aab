"""A client that uses little CPU: one thread sends prepared bytes on open sockets.

It keeps responses as bytes and parses them after the time measurement.
"""

import selectors
import socket
import time
from dataclasses import dataclass

TIMEOUT = 300


@dataclass
class Response:
    """The response to one request, and the seconds until its last byte arrived."""

    head: bytes
    raw: bytes
    seconds: float

    @property
    def status(self):
        return int(self.head[9:12])

    def header(self, name):
        """Return a header's value, or an empty text."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    @property
    def body(self):
        return _without_chunks(self.raw) if b"chunked" in self.head.lower() else self.raw


def send_all(address, requests, connections=1, seconds=None):
    """Send requests over `connections`; return [(request, Response)] and the seconds of all.

    `requests` yields pairs: a request and its bytes. Each connection sends its next request after
    it has received the last response, until there are no more requests or `seconds` are over.
    """
    done = []
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(address, selector) for _ in range(connections)]
        start = time.perf_counter()
        end = start + seconds if seconds else float("inf")
        busy = sum(_send_next(connection, requests, end) for connection in opened)
        while busy:
            events = selector.select(TIMEOUT)
            if not events:
                raise RuntimeError(f"No response within {TIMEOUT} seconds.")
            for connection in (key.data for key, _ in events):
                if connection.receive():
                    done.append((connection.request, connection.response()))
                    busy -= not _send_next(connection, requests, end)
        total = time.perf_counter() - start
        for connection in opened:
            connection.close()
    return done, total


def _send_next(connection, requests, end):
    following = next(requests, None) if time.perf_counter() < end else None
    if following:
        connection.send(*following)
    return following is not None


class _Connection:
    """One connection, kept open as long as the server keeps it open."""

    def __init__(self, address, selector):
        self.address, self.selector = address, selector
        self.socket = None
        self._open()

    def send(self, request, data):
        self.request, self.start = request, time.perf_counter()
        self.data, self.head, self.length = bytearray(), None, None
        if self.socket is None:
            self._open()
        self.socket.sendall(data)

    def receive(self):
        """Read the received bytes; return whether the response is complete."""
        part = self.socket.recv(256 * 1024)
        self.data += part
        if self.head is None:
            self._read_head()
        if not part:
            if self.head is None or self.length is not None:
                raise RuntimeError(
                    f"The server closed the connection too early: {bytes(self.data[:300])!r}"
                )
            return True
        return self.head is not None and self._is_complete()

    def response(self):
        seconds = time.perf_counter() - self.start
        if b"\r\nconnection: close" in self.head.lower():
            self.close()
        return Response(self.head, bytes(self.data), seconds)

    def close(self):
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def _open(self):
        self.socket = socket.create_connection(self.address, TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def _read_head(self):
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return
        self.head = bytes(self.data[:end])
        del self.data[: end + 4]
        lines = self.head.lower().split(b"\r\n")
        lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
        empty = self.head[9:12] in (b"204", b"304")
        self.length = 0 if empty else lengths[0] if lengths else None

    def _is_complete(self):
        if self.length is not None:
            return len(self.data) >= self.length
        return b"chunked" in self.head.lower() and self.data.endswith(b"0\r\n\r\n")


def _without_chunks(raw):
    """Return a chunked body as one piece."""
    parts, at = [], 0
    while True:
        end = raw.index(b"\r\n", at)
        size = int(raw[at:end], 16)
        if not size:
            return b"".join(parts)
        parts.append(raw[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
