"""A replica that lags, is away, is missing or is no standby."""

import socket

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured

from config.databases import replica_of
from tests.support.processes import eventually
from tests.support.replica_fixtures import METRICS
from tests.support.server import manage, start_server


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_is_away(world):
    eventually(world.is_read)
    world.replica.stop()
    # This socket accepts connections but never answers; the server waits two seconds.
    with socket.create_server(("127.0.0.1", world.replica.port)) as silent:
        try:
            answers = [world.get("reader", front=0).status_code for _ in range(10)]
            written = world.put("writer", max_members=7)
            condition = world.condition()
            tried = _waiting(silent)
        finally:
            silent.close()
            world.replica.start()

    assert answers == [200] * 10
    assert written.status_code == 200
    assert condition == "It does not answer."
    # The server does not try it for each request.
    assert tried <= 3
    eventually(world.is_read)


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_hangs(world):
    eventually(world.is_read)

    with world.replica.frozen():
        answers = [world.get("reader").status_code for _ in range(3)]
        condition = world.condition()

    assert answers == [200] * 3
    assert condition != "ok"
    eventually(world.is_read)


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_lacks_a_migration(world):
    world.write_behind("ALTER TABLE rooms_room RENAME description TO described")
    eventually(world.is_read)
    with world.replica.held_back():
        world.write_behind("ALTER TABLE rooms_room RENAME described TO description")
        answer = world.get("reader")

    assert answer.status_code == 200
    assert "column rooms_room.description does not exist" in world.replica.log.read_text()


def _waiting(listener):
    """Return the number of connections waiting to be accepted."""
    listener.setblocking(False)
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.mark.own_database
def test_replica_that_lags_too_much_is_not_read(world, replica_env):
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": world.replica.url}
    with start_server({**env, "REPLICA_LAG_SECONDS": "2"}) as server:
        strict = world.at(server.url)
        eventually(strict.is_read)
        with world.replica.held_back():
            world.put("writer", max_members=11)
            eventually(lambda: strict.get("reader").json()["max_members"] == 11)
            told = requests.get(
                server.url + "/metrics", headers={"Authorization": f"Bearer {METRICS}"}, timeout=60
            ).text
            assert strict.condition() == "It is behind."
        eventually(strict.is_read)

    assert "greenroom_replica_read 0.0" in told
    [lag] = [line for line in told.splitlines() if line.startswith("greenroom_replica_lag_sec")]
    assert float(lag.split()[1]) > 2


CONFUSED = """
from django.db import ProgrammingError, connections
from django.db.utils import InternalError
from access.database.replica import replica
from tests.support.processes import eventually

eventually(lambda: replica().condition() == "It is no standby of this database.")
print(replica().condition())
with connections["replica"].cursor() as cursor:
    try:
        cursor.execute("CREATE TABLE t (i int)")
    except InternalError as refused:
        print(refused)
"""


@pytest.mark.own_database
def test_server_that_is_no_standby_is_neither_read_nor_written(world, replica_env):
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": world.primary.url}

    told = manage(env, "shell", "-v", "0", "-c", CONFUSED)

    assert "It is no standby of this database." in told
    assert "read-only transaction" in told


SEVERAL_HOSTS = """
from django.db import connections
from access.database.replica import replica
from tests.support.processes import eventually

mine = connections["replica"]
usual = mine.get_connection_params()
eventually(lambda: replica().condition() == "ok")
mine.close()
mine.get_connection_params = lambda: {{**usual, "host": "127.0.0.1", "port": {other}}}
mine.connect()
print("elsewhere:", [replica().can_serve(None) for _ in range(3)])
del mine.get_connection_params
eventually(lambda: replica().condition() == "ok")
print("together again")
"""


@pytest.mark.own_database
def test_thread_connected_to_another_host_than_the_sampled_one_does_not_read(world, replica_env):
    # No server listens on port 1.
    hosts = f"127.0.0.1:1,127.0.0.1:{world.replica.port}"
    url = world.replica.url.replace(f"127.0.0.1:{world.replica.port}", hosts)
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": url}

    told = manage(env, "shell", "-v", "0", "-c", SEVERAL_HOSTS.format(other=world.primary.port))

    assert "elsewhere: [False, False, False]" in told
    assert "together again" in told


@pytest.mark.parametrize(
    ("engine", "url"),
    [
        ("django.db.backends.sqlite3", "postgres://u:p@h/d"),
        ("access.database.postgresql", "sqlite:///x"),
        ("access.database.postgresql", "10.0.0.7"),
    ],
)
def test_replica_url_must_name_postgresql(engine, url):
    with pytest.raises(ImproperlyConfigured, match="REPLICA_URL is for PostgreSQL"):
        replica_of({"ENGINE": engine, "OPTIONS": {}}, url)
