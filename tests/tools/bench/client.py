"""A client that leaves the processors to the servers: ready-made bytes on open sockets, one thread.

Answers are kept as they came and read after the clock has stopped.
"""

import selectors
import socket
import time
from dataclasses import dataclass

PATIENCE = 300


@dataclass
class Answer:
    """What came back for one request, and after how many seconds the last byte of it was there."""

    head: bytes
    raw: bytes
    took: float

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
        return _joined(self.raw) if b"chunked" in self.head.lower() else self.raw


def exchange(address, requests, connections=1, seconds=None):
    """Send requests over so many connections at once; return [(request, Answer)] and the seconds.

    `requests` yields pairs: a request and its bytes. Each connection sends its next one when it
    has the answer to the last, until there are no more or so many `seconds` are over.
    """
    done = []
    with selectors.DefaultSelector() as selector:
        lines = [_Line(address, selector) for _ in range(connections)]
        began = time.perf_counter()
        end = began + seconds if seconds else float("inf")
        busy = sum(_ask_next(line, requests, end) for line in lines)
        while busy:
            events = selector.select(PATIENCE)
            if not events:
                raise RuntimeError(f"No answer within {PATIENCE} seconds.")
            for line in (key.data for key, _ in events):
                if line.hear():
                    done.append((line.request, line.answer()))
                    busy -= not _ask_next(line, requests, end)
        took = time.perf_counter() - began
        for line in lines:
            line.close()
    return done, took


def _ask_next(line, requests, end):
    following = next(requests, None) if time.perf_counter() < end else None
    if following:
        line.ask(*following)
    return following is not None


class _Line:
    """One connection, kept open as long as the server keeps it."""

    def __init__(self, address, selector):
        self.address, self.selector = address, selector
        self.socket = None
        self._open()

    def ask(self, request, data):
        self.request, self.began = request, time.perf_counter()
        self.data, self.head, self.length = bytearray(), None, None
        if self.socket is None:
            self._open()
        self.socket.sendall(data)

    def hear(self):
        """Read what has come; say whether the answer is whole."""
        piece = self.socket.recv(256 * 1024)
        self.data += piece
        if self.head is None:
            self._read_head()
        if not piece:
            if self.head is None or self.length is not None:
                raise RuntimeError(f"The server hung up in its answer: {bytes(self.data[:300])!r}")
            return True
        return self.head is not None and self._is_whole()

    def answer(self):
        took = time.perf_counter() - self.began
        if b"\r\nconnection: close" in self.head.lower():
            self.close()
        return Answer(self.head, bytes(self.data), took)

    def close(self):
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def _open(self):
        self.socket = socket.create_connection(self.address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def _read_head(self):
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return
        self.head = bytes(self.data[:end])
        del self.data[: end + 4]
        lines = self.head.lower().split(b"\r\n")
        sent = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
        empty = self.head[9:12] in (b"204", b"304")
        self.length = 0 if empty else sent[0] if sent else None

    def _is_whole(self):
        if self.length is not None:
            return len(self.data) >= self.length
        return b"chunked" in self.head.lower() and self.data.endswith(b"0\r\n\r\n")


def _joined(raw):
    """Return a body that came in chunks, as one."""
    pieces, at = [], 0
    while True:
        end = raw.index(b"\r\n", at)
        size = int(raw[at:end], 16)
        if not size:
            return b"".join(pieces)
        pieces.append(raw[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
