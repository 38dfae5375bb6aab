"""PostgreSQL becomes read-only and accepts writes again, while server and worker keep running."""

from contextlib import ExitStack

import psycopg
import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

from config.databases import primary_at
from tests.operations.test_database_away import Caller, says_away
from tests.support.postgres import cluster
from tests.support.processes import end, eventually
from tests.support.server import manage, spawn, start_server
from tests.support.standby import standby

pytestmark = pytest.mark.own_database

SETTING = "default_transaction_read_only"


def env_of(database):
    return {
        "DATABASE_URL": database.url,
        "GREENROOM_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": "away" * 16,
        "RATE_LIMIT": "100/min",
        "WORKERS": "1",
        "THREADS": "2",
    }


@pytest.fixture(scope="module")
def primary():
    with cluster() as primary:
        manage(env_of(primary), "migrate", "--verbosity", "0")
        yield primary


@pytest.fixture(scope="module")
def caller(primary):
    with start_server(env_of(primary)) as server:
        yield Caller(server, env_of(primary))


def run(database, *statements):
    with psycopg.connect(database.url, autocommit=True) as connection:
        for statement in statements:
            row = connection.execute(statement)
        return row.fetchone() if row.description else None


def use_long_ago(database):
    """Make the next request of each token record the time of its use."""
    run(database, "UPDATE access_apitoken SET last_used_at = '2020-01-01Z'")


def readiness(caller):
    answer = caller.call("GET", "/readyz")
    return answer.status, answer.json()["checks"]["database"]


def is_read_only(caller):
    """Check that reads go on and writes do not; return True."""
    write, read = caller.put(7), caller.get()
    assert says_away(write)
    assert "read-only" in write.json()["detail"]
    assert (read.status, read.json()["max_members"]) == (200, 5)
    assert readiness(caller) == (503, "It is read-only.")
    return True


def test_reads_go_on_while_a_setting_forbids_writes(primary, caller):
    assert caller.put(5).status == 200
    use_long_ago(primary)
    run(primary, f"ALTER SYSTEM SET {SETTING} = on", "SELECT pg_reload_conf()")
    try:
        eventually(lambda: caller.put(6).status == 503)
        assert is_read_only(caller)
    finally:
        off = f"SET {SETTING} = off", f"ALTER SYSTEM RESET {SETTING}", "SELECT pg_reload_conf()"
        run(primary, *off)

    eventually(lambda: caller.put(6).status == 200)
    assert readiness(caller) == (200, "ok")


def port_behind(url):
    """Return the port of the server that Greenroom connects to with this DATABASE_URL."""
    connections = ConnectionHandler({"default": primary_at(url, pgbouncer=False, data_dir=None)})
    with psycopg.connect(**connections["default"].get_connection_params()) as connection:
        return connection.info.port


def test_first_host_that_accepts_writes_is_used(primary):
    with standby(primary) as replica:
        ports = 1, replica.port, primary.port
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        url = primary.url.replace(f"127.0.0.1:{primary.port}", hosts)

        assert port_behind(url) == replica.port
        assert port_behind(f"{url}?target_session_attrs=read-write") == primary.port


def test_standby_serves_reads_and_after_its_promotion_writes(primary, caller):
    assert caller.put(5).status == 200
    use_long_ago(primary)
    with ExitStack() as stack:
        replica = stack.enter_context(standby(primary))
        server = stack.enter_context(start_server(env_of(replica)))
        worker = spawn(env_of(replica), "manage.py", "worker")
        stack.callback(end, worker)
        there = caller.at(server)
        assert is_read_only(there)

        run(replica, "SELECT pg_promote()")

        eventually(lambda: there.put(8).status == 200)
        assert readiness(there) == (200, "ok")
        beats = "SELECT count(*) FROM room_sessions_workerprocess"
        eventually(lambda: run(replica, beats) == (1,))
        assert worker.poll() is None
