"""Connections that hold back the last byte of a body, and the memory of a server."""

from contextlib import suppress

from tests.support.processes import children
from tests.support.raw_http import connect

MEGABYTE = 1024 * 1024


def hold(stack, server, data, length, source="127.0.0.1"):
    """Send a request whose body is one byte short, as far as the server reads it."""
    connection = stack.enter_context(connect(server, source=source))
    head = data.replace(b"Content-Length: 0", b"Content-Length: %d" % length)
    connection.setblocking(False)
    with suppress(BlockingIOError):
        connection.sendall(head + b"a" * (length - 1))
    connection.setblocking(True)
    return connection


def resident_bytes(server):
    """Return the resident memory of the server's processes."""
    total = 0
    for pid in [server.process.pid, *children(server.process.pid)]:
        with open(f"/proc/{pid}/statm") as file:
            total += int(file.read().split()[1]) * 4096
    return total
