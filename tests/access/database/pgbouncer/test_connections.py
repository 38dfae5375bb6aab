"""Connections through pgbouncer: their settings, their loss, and long results."""

import time

import psycopg
import pytest
import requests
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from access.database.outages import is_outage
from config.databases import primary_at
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support import pgbouncer
from tests.support.api import ROOMS_URL
from tests.support.pgbouncer import CONNECTIONS
from tests.support.processes import eventually, free_port
from tests.support.server import manage, start_server

pytestmark = pytest.mark.own_database
SEEN = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.db import connection, transaction

together = Barrier(3)

def seen(_):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('lock_timeout'),"
            " current_setting('statement_timeout'), current_setting('TimeZone')")
        # Nobody gives a connection back before each has one.
        together.wait()
        return cursor.fetchone()

for row in ThreadPoolExecutor(3).map(seen, range(3)):
    print(*row)
"""


def test_every_server_connection_has_the_timeouts_and_utc(env):
    lent = [line.split() for line in manage(env, "shell", "-v", "0", "-c", SEEN).splitlines()]

    assert len({backend for backend, *_ in lent}) == CONNECTIONS
    assert {tuple(said) for _, *said in lent} == {("5s", "30s", "UTC")}


def test_database_that_is_away_is_reported_within_seconds(api, database):
    database.stop()
    try:
        answer = api("GET", ROOMS_URL)
    finally:
        database.start()

    assert answer.status_code == 503
    eventually(lambda: api("GET", ROOMS_URL).status_code == 200)


def test_frozen_database_is_noticed_with_the_settings_of_the_page(database, django_db_blocker):
    sections = "pgbouncer.ini", "Notice a frozen PostgreSQL"
    with pgbouncer.pooled(database, sections=sections) as env, django_db_blocker.unblock():
        found = primary_at(env["DATABASE_URL"], pgbouncer=True, data_dir=None)
        connection = ConnectionHandler({"default": found})["default"]
        connection.cursor().execute("SELECT 1")
        with database.frozen():
            seconds = [seconds_until_error(connection) for _ in range(2)]
        connection.close()

    assert max(seconds) < 4


def seconds_until_error(connection):
    """Return after which time a request would get 503: on a kept or on a new connection."""
    start = time.monotonic()
    with pytest.raises(OperationalError) as refused:
        connection.cursor().execute("SELECT 1")
    assert is_outage(refused.value)
    connection.close_if_unusable_or_obsolete()
    return time.monotonic() - start


def test_server_recovers_from_a_missing_pgbouncer_without_restart(database, env):
    port = free_port()
    with pgbouncer.pooled(database, CONNECTIONS, port) as pooled:
        server = start_server({**env, **pooled})
    with server:
        away = requests.get(server.url + "/readyz", timeout=60)
        with pgbouncer.pooled(database, CONNECTIONS, port):
            eventually(lambda: requests.get(server.url + "/readyz", timeout=60).ok)

    assert away.status_code == 503
    assert away.json()["checks"] == {"database": "It does not answer."}


# More rows than Django fetches in one chunk.
COPIES = """
INSERT INTO rooms_room (id, name, {columns}) SELECT gen_random_uuid(), 'copy-' || number, {columns}
FROM rooms_room, generate_series(1, 2500) AS number WHERE id = %s
"""
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_name = 'rooms_room' AND column_name NOT IN ('id', 'name')
"""


@pytest.fixture
def many_rooms(database, make_room):
    room = make_room(name="original", description="of many")
    with psycopg.connect(database.url) as connection:
        (columns,) = connection.execute(COLUMNS).fetchone()
        connection.execute(COPIES.format(columns=columns), (room["id"],))


def test_results_longer_than_one_chunk_are_complete(api, many_rooms):
    change = {
        "select": {"filter": {"name": "copy-"}},
        "change": {"set": {"max_members": 7}},
    }
    changed = api("POST", f"{ROOMS_URL}/bulk", {**change, "mode": "all"}).json()

    exports = all_at_once(lambda _: api("GET", ROOMS_URL, Accept="text/csv"), 4)
    reverts = all_at_once(
        lambda _: api("POST", f"{ROOMS_URL}/bulk/{changed['bulk_id']}/revert?dry_run=true", {}), 4
    )

    assert [export.text.count("copy-") for export in exports] == [2500] * 4
    assert [revert.json()["counts"]["changed"] for revert in reverts] == [2500] * 4
