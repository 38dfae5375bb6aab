"""The database accepts statements and connections but answers none, as a frozen machine."""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.databases import primary_at
from tests.support.api import ROOMS_URL
from tests.support.database_away import Caller, says_away
from tests.support.postgres import cluster
from tests.support.server import manage, start_server

pytestmark = pytest.mark.own_database


CALLS = {
    "put": lambda caller: caller.put(5),
    "get": lambda caller: caller.get(),
    "list": lambda caller: caller.call("GET", ROOMS_URL),
    "create": lambda caller: caller.call("POST", ROOMS_URL, b'{"name":"s"}'),
    "page": lambda caller: caller.page("/admin/"),
}


@pytest.fixture(scope="module")
def database():
    with cluster() as database:
        yield database


@pytest.fixture(scope="module")
def caller(database):
    env = {
        "DATABASE_URL": database.url,
        "GREENROOM_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": "hang" * 16,
        "WORKERS": "1",
        "THREADS": str(len(CALLS)),
    }
    manage(env, "migrate", "--verbosity", "0")
    with start_server(env) as server:
        yield Caller(server, env)


@pytest.fixture
def connect(database, django_db_blocker):
    """Return a function that connects to the database, or to another port, as a server does."""
    made = []

    def make(port=database.port):
        found = primary_at(database.url_at(port), pgbouncer=False, data_dir=None)
        made.append(ConnectionHandler({"default": found})["default"])
        return made[-1]

    with django_db_blocker.unblock():
        yield make
    for connection in made:
        connection.close()


def timed(act, *arguments):
    start = time.monotonic()
    return act(*arguments), time.monotonic() - start


def readiness(caller):
    return caller.call("GET", "/readyz")


def all_at_once(caller):
    with ThreadPoolExecutor(len(CALLS)) as pool:
        return list(pool.map(timed, CALLS.values(), repeat(caller)))


def test_requests_to_a_frozen_server_get_503_with_retry_after(database, caller):
    all_at_once(caller)
    with database.frozen():
        on_kept_connections, on_new_connections = all_at_once(caller), all_at_once(caller)

    for answer, seconds in on_kept_connections + on_new_connections:
        assert says_away(answer)
        assert seconds < 4
    assert caller.put(9).status == 200
    assert caller.get().json()["max_members"] == 9


def test_readiness_of_a_frozen_server_is_answered_in_two_seconds(database, caller):
    assert readiness(caller).status == 200
    with database.frozen():
        answers = [timed(readiness, caller) for _ in range(2)]

    assert [answer.status for answer, _ in answers] == [503, 503]
    assert max(seconds for _, seconds in answers) < 2
    assert readiness(caller).status == 200


def test_slow_statement_of_a_server_that_answers_is_not_ended(connect):
    with connect().cursor() as cursor:
        cursor.execute("SELECT pg_sleep(4)")

        assert cursor.fetchone() == ("",)


@pytest.mark.parametrize("prepared", [False, True])
def test_connection_to_a_frozen_server_is_replaced(prepared, connect, database):
    connection = connect()

    def one():
        cursor = connection.prepared_cursor() if prepared else connection.cursor()
        with cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone()

    assert one() == (1,)
    with database.frozen(), pytest.raises(OperationalError):
        one()

    connection.close_if_unusable_or_obsolete()
    assert one() == (1,)


def test_server_that_accepts_no_connection_is_given_up(connect):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [_begin_to_connect(port) for _ in range(4)]
        start = time.monotonic()
        with pytest.raises(OperationalError):
            connect(port).ensure_connection()
        seconds = time.monotonic() - start
        for one in waiting:
            one.close()

    assert seconds < 4


def _begin_to_connect(port):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", port))
    return one


def test_connections_notice_that_the_host_vanished(connect):
    connection = connect()
    connection.ensure_connection()
    with closing(socket.socket(fileno=os.dup(connection.connection.fileno()))) as found:
        timeout = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        keepalive = found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)

    assert (timeout, keepalive, idle) == (3000, 1, 10)
