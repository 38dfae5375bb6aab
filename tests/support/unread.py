"""Clients that do not read responses, and the connections that a server still has."""

import ctypes
import socket
import struct
from pathlib import Path

from tests.support.raw_http import request

HOST = {"Host": "localhost"}
FILE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
# FILE has more bytes.
SIZE = 1_000_000
FILE_REQUEST = request("GET", FILE, HOST, None)
# A filter of Linux for a socket: one instruction, which returns 0 as the length to keep.
SO_ATTACH_FILTER, DROP_ALL = 26, struct.pack("HBBI", 6, 0, 0, 0)


def read_nothing(server, data=FILE_REQUEST * 4, source="127.0.0.1"):
    """Send requests, and leave responses of more than 2 kB unread."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(10)
    connection.bind((source, 0))
    connection.connect((server.host, server.port))
    connection.sendall(data)
    return connection


def vanish(connection):
    """Let the client's kernel drop everything that arrives, as a machine without power does."""
    code = ctypes.create_string_buffer(DROP_ALL)
    program = struct.pack("HP", 1, ctypes.addressof(code))
    connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    return connection


def ports_of_clients(server):
    """Return the ports of the clients to which the server's kernel has a connection."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = [row[2] for row in rows if row[1].endswith(f":{server.port:04X}")]
    # 0 is the other end of a listening socket.
    return {int(end.rpartition(":")[2], 16) for end in ends} - {0}
