"""DATABASE_URL lists several hosts: the one that accepts writes is found without a long wait."""

import socket
import time
from contextlib import ExitStack

import psycopg
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.databases import primary_at
from tests.support.postgres import cluster
from tests.support.processes import eventually
from tests.support.standby import standby

pytestmark = pytest.mark.own_database


@pytest.fixture(scope="module")
def primary():
    with cluster() as primary:
        yield primary


@pytest.fixture
def silent_port():
    """Return the port of a frozen machine: its kernel accepts connections, and nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        yield frozen.getsockname()[1]


@pytest.fixture
def connect_to(primary, django_db_blocker):
    """Return a function that returns a connection as a thread of the server has it."""
    made = []

    def make(*ports):
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        url = primary.url.replace(f"127.0.0.1:{primary.port}", hosts)
        found = primary_at(f"{url}?target_session_attrs=read-write", False, None)
        made.append(ConnectionHandler({"default": found})["default"])
        return made[-1]

    with django_db_blocker.unblock():
        yield make
    for connection in made:
        connection.close()


def seconds_of(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


def fails(connection):
    with pytest.raises(OperationalError):
        connection.ensure_connection()


def port_of(connection):
    """Return the port of the server that the next request uses."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor():
        return connection.connection.info.port


def test_frozen_host_that_is_listed_first_delays_no_connection(primary, silent_port, connect_to):
    connection = connect_to(silent_port, primary.port)

    assert seconds_of(connection.ensure_connection) < 0.9
    assert port_of(connection) == primary.port


def test_hosts_that_do_not_answer_are_given_up_together(silent_port, connect_to):
    connection = connect_to(*[silent_port] * 6)

    assert seconds_of(lambda: fails(connection)) < 2


def test_reasons_of_all_hosts_are_reported(connect_to):
    with pytest.raises(OperationalError) as refused:
        connect_to(1, 2).ensure_connection()
    assert "No host answers" in str(refused.value)


def test_host_of_the_last_connection_is_tried_first(primary, connect_to):
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        ports = frozen.getsockname()[1], primary.port
        connect_to(*ports).ensure_connection()
        frozen.accept()[0].close()
        connect_to(*ports).ensure_connection()

        frozen.setblocking(False)
        with pytest.raises(BlockingIOError):
            frozen.accept()


def test_connections_leave_an_old_primary_that_comes_back(primary, connect_to):
    """Find a new primary with one connection, while the others still lead to the frozen one."""
    with ExitStack() as stack:
        replica = stack.enter_context(standby(primary))
        ports = primary.port, replica.port
        kept, waiting, later = (connect_to(*ports) for _ in range(3))
        assert (port_of(kept), port_of(waiting)) == (primary.port, primary.port)
        with primary.frozen():
            with psycopg.connect(replica.url, autocommit=True) as connection:
                connection.execute("SELECT pg_promote()")
            with pytest.raises(OperationalError):
                waiting.cursor().execute("SELECT 1")

            assert seconds_of(lambda: eventually(lambda: port_of(later) == replica.port)) < 0.9
        assert port_of(kept) == replica.port
        assert port_of(waiting) == replica.port
