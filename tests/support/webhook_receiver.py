"""A webhook receiver: a real server on a real port, with configurable misbehaviour."""

import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

# A self-signed certificate for receiver.example, valid until 2126, with its key.
CERTIFICATE = Path(__file__).parent / "data" / "receiver.pem"


@dataclass(frozen=True)
class Message:
    """One received call."""

    target: str
    headers: dict[str, str]
    body: bytes


def answer(status, body=b"thanks", **headers):
    """Answer correctly with this status."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return sending("\r\n".join([*lines, "", ""]).encode() + body)


def sending(text):
    """Send these bytes and close the connection."""
    return lambda connection, receiver: connection.sendall(text)


def hang(connection, receiver):
    """Send nothing as long as the receiver runs."""
    receiver.closing.wait()


def drip(start):
    """Send `start` and then one byte from time to time, forever."""

    def behave(connection, receiver):
        connection.sendall(start)
        while not receiver.closing.wait(0.02):
            connection.sendall(b"x")

    return behave


def flood(connection, receiver):
    """Send a valid response with an endless body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not receiver.closing.is_set():
        connection.sendall(b"x" * 65536)


class Receiver:
    """Listens until its `with` block ends; `messages` has the complete calls in order.

    Each call uses the next entry of `script`, or a correct response if there is no entry.
    """

    def __init__(self, *script, host="127.0.0.1", tls=False):
        self.script = list(script)
        self.usually = answer(200)
        self.messages = []
        self.connections = 0
        self.names = []
        self.closing = threading.Event()
        self._tls = self._tls_context() if tls else None
        self._listening = socket.create_server((host, 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def _tls_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = lambda _, name, __: self.names.append(name)
        return context

    def url(self, path="/", host="127.0.0.1", scheme=None):
        scheme = scheme or ("https" if self._tls else "http")
        return f"{scheme}://{host}:{self.port}{path}"

    def bodies(self):
        return [message.body.decode() for message in self.messages]

    def wait_for(self, count, seconds=30):
        """Return when this number of messages has arrived."""
        end = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < end, f"{len(self.messages)} messages, not {count}"
            self.closing.wait(0.01)

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *error):
        self.closing.set()
        # Wakes the thread that waits for a connection.
        socket.create_connection(self._listening.getsockname()).close()
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def _accept(self):
        while True:
            connection, _ = self._listening.accept()
            if self.closing.is_set():
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=[connection], daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        connection.settimeout(10)
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            message = _read(connection)
            behave = self.script.pop(0) if self.script else self.usually
            self.messages.append(message)
            behave(connection, self)
        except OSError:
            # The client has closed the connection, as some tests intend.
            pass
        finally:
            connection.close()
            # Closes the connection of a behaviour that queried the database in this thread.
            connections.close_all()


def _read(connection):
    with connection.makefile("rb") as file:
        first = file.readline().decode()
        if not first:
            # A worker was killed between the connection and its request.
            raise ConnectionError("The client sent no request.")
        target = first.split()[1]
        headers = {}
        while line := file.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return Message(target, headers, file.read(int(headers.get("content-length", 0))))
