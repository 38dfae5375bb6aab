"""A client address gets at most CONNECTIONS_PER_ADDRESS connections of each process."""

from contextlib import ExitStack

import pytest

from tests.support import raw_http
from tests.support.framing import max_members
from tests.support.processes import eventually
from tests.support.raw_http import connect, receive, request
from tests.support.server import start_server
from tests.support.unread import HOST, ports_of_clients, read_nothing

HEALTH = request("GET", "/healthz", HOST, None)
OTHER = "127.0.0.2"
WORKERS, MOST = 2, 6


@pytest.fixture(scope="module")
def narrow_server(server_env):
    """A server of two processes with 12 connections each, 6 for one address."""
    limits = {"CONNECTIONS": str(2 * MOST), "CONNECTIONS_PER_ADDRESS": str(MOST)}
    # Longer than the tests wait: nothing else may close a connection.
    times = {"SEND_TIMEOUT": "600", "BODY_TIMEOUT": "60"}
    with start_server({**server_env, "WORKERS": str(WORKERS), **limits, **times}) as server:
        yield server


@pytest.fixture
def narrow(narrow_server, transactional_db):
    eventually(lambda: not ports_of_clients(narrow_server), 10)
    return narrow_server


def test_unread_responses_of_one_address_leave_connections_to_others(narrow, room, put):
    with ExitStack() as stack:
        for _ in range(10 * MOST):
            stack.enter_context(read_nothing(narrow))

        for _ in range(5):
            alive = raw_http.send(narrow, HEALTH, "GET", timeout=5, source=OTHER)
            assert alive.status == 200
        assert raw_http.send(narrow, put(), timeout=5, source=OTHER).status == 200
        assert max_members(room) == 5


def test_connections_above_the_limit_are_closed_and_no_others(narrow):
    with ExitStack() as stack:
        other = stack.enter_context(connect(narrow, source=OTHER))
        other.sendall(HEALTH)
        assert receive(other, "GET").status == 200

        idle = [stack.enter_context(connect(narrow)) for _ in range(10 * MOST)]
        ports = {each.getsockname()[1] for each in idle}
        eventually(lambda: len(ports & ports_of_clients(narrow)) == WORKERS * MOST, 10)

        # The address itself is answered, too: an idle connection makes room for a new one.
        assert raw_http.send(narrow, HEALTH, "GET", timeout=5).status == 200
        other.sendall(HEALTH)
        assert receive(other, "GET").status == 200
        assert "connections of 127.0.0.1, which had more than 6." in narrow.log()


def test_request_in_progress_outlasts_idle_connections(narrow, room, put):
    with connect(narrow) as connection, ExitStack() as stack:
        data = put(Expect="100-continue")
        connection.sendall(data[:-1])
        assert connection.recv(100).startswith(b"HTTP/1.1 100")

        idle = [stack.enter_context(connect(narrow)) for _ in range(10 * MOST)]
        ports = {each.getsockname()[1] for each in idle}
        eventually(lambda: len(ports & ports_of_clients(narrow)) < WORKERS * MOST, 10)
        connection.sendall(data[-1:])

        assert receive(connection).status == 200
