"""More threads than connections: a server and a worker share the connections of a pgbouncer."""

import json
import subprocess
import sys

import psycopg
import pytest
import requests
from django.conf import settings

from tests.rooms.changes.test_concurrency import all_at_once
from tests.support import pgbouncer
from tests.support.api import ADMISSIONS_URL, ROOMS_URL, SESSIONS_URL, TOKENS_URL, basic
from tests.support.postgres import cluster
from tests.support.processes import end, eventually, free_port
from tests.support.server import ROOT, clean, manage, start_server

pytestmark = pytest.mark.own_database

# The server has eight threads and the worker seven.
CONNECTIONS = 3
WRITERS, TURNS = 8, 5


@pytest.fixture(scope="module")
def database():
    if pgbouncer.PROGRAM is None:
        pytest.skip(pgbouncer.MISSING)
    with cluster() as database:
        yield database


@pytest.fixture(scope="module")
def env(database):
    own = {"GREENROOM_DATA": str(settings.DATA_DIR), "SECRET_KEY": "pool" * 16}
    manage({**own, "DATABASE_URL": database.url}, "migrate", "--verbosity", "0")
    with psycopg.connect(database.url) as connection:
        # Another time zone than UTC, as on many PostgreSQL servers.
        connection.execute("ALTER ROLE greenroom SET TimeZone = 'Asia/Kolkata'")
    with pgbouncer.pooled(database, CONNECTIONS) as pooled:
        yield {**own, **pooled, "WORKERS": "2", "THREADS": "4"}


@pytest.fixture(scope="module")
def api(env):
    """Call the API with a new connection for each request."""
    made = json.loads(manage(env, "create_token", "--project", "P", "--scope", "video", "--json"))
    headers = {"Authorization": basic(made["project_id"], made["token"])}

    with start_server(env) as server:

        def call(method, path, body=None, **extra):
            url = server.url + path
            return requests.request(
                method, url, json=body, headers={**headers, **extra}, timeout=60
            )

        yield call


@pytest.fixture
def make_room(api):
    def make(**values):
        response = api("POST", ROOMS_URL, values)
        assert response.status_code == 201, response.text
        return response.json()

    return make


@pytest.fixture
def ticket(api):
    """Return a room token of one user."""

    def ask(room):
        return api("POST", TOKENS_URL, {"room_name": room["name"]}).json()["token"]

    return ask


def test_edits_with_if_match_are_not_lost(api, make_room):
    url = f"{ROOMS_URL}/{make_room(name='counted', meta={'turns': 0})['id']}"

    def count(_):
        turns = 0
        while turns < TURNS:
            seen = api("GET", url)
            more = {"meta": {"turns": seen.json()["meta"]["turns"] + 1}}
            status = api("PUT", url, more, **{"If-Match": seen.headers["ETag"]}).status_code
            assert status in (200, 412)
            turns += status == 200

    all_at_once(count, WRITERS)

    assert api("GET", url).json()["meta"] == {"turns": WRITERS * TURNS}


def test_concurrent_bulk_changes_all_succeed(api, make_room):
    ids = [make_room(name=f"many-{number}")["id"] for number in range(20)]

    def change(number):
        chosen = {"ids": ids[number:] + ids[:number]}
        body = {"select": chosen, "change": {"set": {"max_members": 100 + number}}, "mode": "all"}
        return api("POST", f"{ROOMS_URL}/bulk", body)

    answers = all_at_once(change, WRITERS)

    assert {answer.json()["applied"] for answer in answers} == {True}
    for room_id in ids:
        room = api("GET", f"{ROOMS_URL}/{room_id}")
        assert room.headers["ETag"] == f'"{WRITERS + 1}"'


def test_concurrent_admissions_stop_at_max_members(api, make_room, ticket):
    room = make_room(name="crowded", max_members=3)
    tickets = [ticket(room) for _ in range(20)]

    answers = all_at_once(
        lambda number: api("POST", ADMISSIONS_URL, {"token": tickets[number]}), 20
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 17
    assert len({one.json()["session"]["id"] for one in answers if one.status_code == 200}) == 1


def test_worker_removes_due_members(env, api, make_room, ticket):
    room = make_room(name="short", remove_after_seconds_elapsed=1)
    place = api("POST", ADMISSIONS_URL, {"token": ticket(room)}).json()
    members = f"{SESSIONS_URL}/{place['session']['id']}/members"
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=clean(env))
    try:
        eventually(lambda: api("GET", members).json()["data"][0]["leave_time"])
    finally:
        code = end(worker)

    assert code == 0


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
