"""Let the kernel abort connections whose client does not read: Granian has no such limit."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings


def limit_unread_responses() -> int:
    """Set the limit at the listening sockets of this process; return their number.

    Linux gives it to each accepted connection: one whose data is not acknowledged, or not sent
    because the client reads nothing, for settings.SEND_TIMEOUT seconds is closed.
    """
    found = list(_listening())
    for each in found:
        with each:
            each.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, settings.SEND_TIMEOUT * 1000
            )
    return len(found)


def _listening() -> Iterator[socket.socket]:
    """Yield a duplicate of each listening TCP socket of this process."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            copy = socket.socket(fileno=os.dup(int(name)))
            is_tcp = copy.family in (socket.AF_INET, socket.AF_INET6)
            if is_tcp and copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                yield copy
            else:
                copy.close()
