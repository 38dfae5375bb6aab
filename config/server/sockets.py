"""The TCP sockets of this process, which Granian opens in Rust and does not show."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

FOLDER = "/proc/self/fd"


def limit_unread_responses() -> int:
    """Let the kernel abort connections whose client does not read; return the listening sockets.

    Linux gives the limit to each accepted connection: one whose data is not acknowledged, or not
    sent because the client reads nothing, for settings.SEND_TIMEOUT seconds is closed.
    """
    found = 0
    for number in descriptors():
        with suppress(OSError), tcp_socket(number) as each:
            if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                each.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, settings.SEND_TIMEOUT * 1000
                )
                found += 1
    return found


def descriptors() -> list[int]:
    return [int(name) for name in os.listdir(FOLDER)]


@contextmanager
def tcp_socket(number: int) -> Iterator[socket.socket]:
    """Yield a duplicate of the TCP socket with this descriptor; raise OSError for other files."""
    copy = os.dup(number)
    try:
        if not stat.S_ISSOCK(os.fstat(copy).st_mode):
            raise OSError(f"Descriptor {number} is no socket.")
        found = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with found:
        if found.family not in (socket.AF_INET, socket.AF_INET6):
            raise OSError(f"Descriptor {number} is no TCP socket.")
        yield found
