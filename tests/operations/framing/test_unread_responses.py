"""A client that does not read its response loses the connection."""

import select
import socket
from contextlib import ExitStack

from tests.factories import RoomFactory
from tests.support import raw_http
from tests.support.api import ROOMS_URL
from tests.support.framing import json_headers
from tests.support.processes import eventually
from tests.support.raw_http import request
from tests.support.server import start_server
from tests.support.unread import (
    FILE_REQUEST,
    HOST,
    SIZE,
    ports_of_clients,
    read_nothing,
    vanish,
)


def unread_kinds(server, token):
    """Yield a connection of each kind that makes no progress."""
    csv = request("GET", ROOMS_URL, {**json_headers(token), "Accept": "text/csv"}, None)
    yield read_nothing(server, FILE_REQUEST)
    yield read_nothing(server, FILE_REQUEST * 4)
    yield read_nothing(server, csv)
    yield read_nothing(server, request("GET", "/sign-in", HOST, None))
    yield vanish(read_nothing(server))
    vanished = read_nothing(server, csv[:-2])
    vanish(vanished).sendall(csv[-2:])
    yield vanished


def test_unread_responses_are_aborted_and_others_are_answered(server_env, room, token, put):
    for _ in range(5):
        RoomFactory(project=token.project, description="d" * 1000)
    # The server accepts no more connections than this, /healthz included.
    env = {**server_env, "WORKERS": "1", "SEND_TIMEOUT": "2", "CONNECTIONS": "8", "PROXIES": "1"}
    with start_server({**env, "CONNECTIONS_PER_ADDRESS": "7"}) as server, ExitStack() as stack:
        # Answered by the event loop, so the limit is set.
        assert raw_http.send(server, request("GET", "/healthz", HOST, None), "GET").status == 200
        unread = [*unread_kinds(server, token), *unread_kinds(server, token)]
        ports = {stack.enter_context(each).getsockname()[1] for each in unread}

        alive = raw_http.send(server, request("GET", "/healthz", HOST, None), "GET", timeout=30)
        changed = raw_http.send(server, put(), timeout=30)

        assert (alive.status, changed.status) == (200, 200)
        eventually(lambda: not ports & ports_of_clients(server), 30)


def test_response_that_is_read_slowly_is_sent_completely(server_env, transactional_db):
    env = {**server_env, "WORKERS": "1", "SEND_TIMEOUT": "5"}
    with start_server(env) as server, read_nothing(server, FILE_REQUEST) as connection:
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
