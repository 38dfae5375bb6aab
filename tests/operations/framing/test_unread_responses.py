"""A client that does not read its response loses the connection."""

import select
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.support import raw_http
from tests.support.processes import eventually
from tests.support.raw_http import request
from tests.support.server import start_server

HOST = {"Host": "localhost"}


FILE = "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
SIZE = 1_000_000


def read_nothing(server, times=4):
    """Send requests for a file of more than SIZE bytes, and leave the responses unread."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(10)
    connection.connect((server.host, server.port))
    connection.sendall(request("GET", f"/static/{FILE}", HOST, None) * times)
    return connection


def is_open(server, connection):
    """Return whether the server's end of the connection still exists."""
    ends = f":{server.port:04X}", f":{connection.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(ends[0]) and row[2].endswith(ends[1]) for row in rows)


def test_unread_responses_are_aborted_and_others_are_answered(server_env, room, put):
    # Granian accepts no more connections than this, /healthz included.
    env = {**server_env, "WORKERS": "1", "SEND_TIMEOUT": "2", "GRANIAN_BACKPRESSURE": "8"}
    with start_server(env) as server, ExitStack() as stack:
        # Answered by the event loop, so the limit is set.
        assert raw_http.send(server, request("GET", "/healthz", HOST, None), "GET").status == 200
        unread = [stack.enter_context(read_nothing(server)) for _ in range(12)]

        alive = raw_http.send(server, request("GET", "/healthz", HOST, None), "GET", timeout=30)
        changed = raw_http.send(server, put(), timeout=30)

        assert (alive.status, changed.status) == (200, 200)
        eventually(lambda: not any(is_open(server, one) for one in unread), 30)


def test_response_that_is_read_slowly_is_sent_completely(server_env, transactional_db):
    env = {**server_env, "WORKERS": "1", "SEND_TIMEOUT": "5"}
    with start_server(env) as server, read_nothing(server, times=1) as connection:
        received = 0
        for _ in range(6):
            # Less than the time without progress, also on a busy machine.
            select.select([], [], [], 0.5)
            received += len(connection.recv(SIZE // 4, socket.MSG_WAITALL))
        while piece := connection.recv(65536):
            received += len(piece)
            if received >= SIZE:
                break

    assert received >= SIZE
