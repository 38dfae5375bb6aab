"""HTTP without a client library: sends exactly the given bytes."""

import base64
import contextlib
import http.client
import json
import socket
from dataclasses import dataclass

FRAMING = ("content-length", "transfer-encoding")


@dataclass
class Answer:
    """A response; `headers` has lower-case names."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


def request(method, path, headers=(), body=b"", version="1.1"):
    """Return the bytes of a request; Content-Length is added if the headers give no length."""
    headers = list(headers.items() if isinstance(headers, dict) else headers)
    names = [name.lower() for name, _ in headers]
    if body is not None and not set(names) & set(FRAMING):
        headers.append(("Content-Length", str(len(body))))
    lines = [f"{method} {path} HTTP/{version}", *(f"{name}: {value}" for name, value in headers)]
    # Latin-1 maps each character to one byte, as in WSGI.
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def chunked(*chunks, end=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def connect(server, timeout=20, source="127.0.0.1"):
    """Return a connection from the address `source`; all of 127.0.0.0/8 is this machine."""
    return socket.create_connection((server.host, server.port), timeout, (source, 0))


def send(server, data, method="PUT", timeout=20, source="127.0.0.1"):
    """Send `data` on a new connection; return the Answer, or None if it is closed without one."""
    with connect(server, timeout, source) as connection:
        # The server may have answered and closed before it had read everything.
        with contextlib.suppress(OSError):
            connection.sendall(data)
        return receive(connection, method)


def receive(connection, method="PUT"):
    """Return the next Answer of a connection, or None if the server closes it without one."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        body = response.read()
    except (http.client.BadStatusLine, ConnectionError):
        return None
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body)


def body_of(row):
    """Return the bytes of the body that a row of bad_inputs.json describes."""
    if "body_repeat" in row:
        parts = row["body_repeat"]
        return (parts["prefix"] + parts["unit"] * parts["count"] + parts["suffix"]).encode()
    if "chunks" in row:
        return chunked(*(chunk.encode() for chunk in row["chunks"]))
    if row.get("body_encoding") == "base64":
        return base64.b64decode(row["body"])
    return row["body"].encode()


def header_lines(headers):
    """Yield (name, value) for each header line of a row; a list stands for several lines."""
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            yield name, value if isinstance(value, str) else value["unit"] * value["count"]
