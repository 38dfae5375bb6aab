"""Many callers in one thread: kept-open sockets, requests built before, answers judged after.

The client shares the two processors with what it measures, so it does little: 30 µs a request.
"""

import json
import re
import selectors
import socket
import time
from collections import deque
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
CLOSES = re.compile(rb"\r\nconnection: *close", re.I)
ETAG = re.compile(rb'\r\netag: *"(\d+)"', re.I)


@dataclass(frozen=True)
class Call:
    """One request as bytes, and what its answer must say: a status, and values of fields."""

    raw: bytes
    status: int = 200
    says: tuple[tuple[str, object], ...] = ()
    # Of the room: whose version has to move with each call.
    moves: str = ""


@dataclass
class Answer:
    call: Call
    seconds: float
    raw: bytes

    def judge(self, versions=None):
        """Raise RuntimeError unless the answer is the one that the call must have."""
        head, _, body = self.raw.partition(b"\r\n\r\n")
        if int(head[9:12]) != self.call.status:
            raise RuntimeError(f"{self.call.raw[:200]!r} was answered {self.raw[:600]!r}")
        found = json.loads(body) if self.call.says else {}
        for name, value in self.call.says:
            if found.get(name) != value:
                raise RuntimeError(f"{name} is {found.get(name)!r}, not {value!r}, in {body!r}")
        if versions is not None and self.call.moves:
            # Two calls for one room may overtake each other, but none may be lost in the other.
            version = int(ETAG.search(head)[1])
            known = versions.setdefault(self.call.moves, set())
            if version in known:
                raise RuntimeError(f"{self.call.moves} was twice at version {version}.")
            known.add(version)


class Crowd:
    """So many connections to one server."""

    def __init__(self, host, port, size):
        self.address = (host, port)
        self.size = size

    def send(self, calls):
        """Send every call, each connection its next one when it has its answer; return Answers."""
        waiting, answers, open_calls = deque(calls), [], {}
        with selectors.DefaultSelector() as selector:

            def begin(one):
                call = waiting.popleft()
                open_calls[one] = (call, time.perf_counter(), bytearray())
                one.sendall(call.raw)

            for _ in range(min(self.size, len(waiting))):
                one = self._connected(selector)
                begin(one)
            while open_calls:
                for key, _ in selector.select():
                    one = key.fileobj
                    call, began, received = open_calls[one]
                    received += one.recv(1 << 20)
                    if not _is_whole(received):
                        continue
                    answers.append(Answer(call, time.perf_counter() - began, bytes(received)))
                    del open_calls[one]
                    # Who closes after each answer has to be called anew for the next one.
                    if CLOSES.search(received) or not waiting:
                        selector.unregister(one)
                        one.close()
                        one = self._connected(selector) if waiting else None
                    if waiting:
                        begin(one)
        return answers

    def _connected(self, selector):
        one = socket.create_connection(self.address, timeout=60)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ)
        return one


def _is_whole(received):
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = LENGTH.search(received, 0, end + 2)
    return len(received) >= end + 4 + (int(length[1]) if length else 0)


def built(method, path, headers, body=None):
    """Return a request as bytes."""
    payload = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{n}: {v}" for n, v in headers)]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    return "\r\n".join([*lines, "", ""]).encode() + payload
