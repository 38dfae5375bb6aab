"""Measure what pruning millions of entries does to PUT, on a PostgreSQL of its own.

    python -m tests.tools.history_pruning 10000000
    python -m tests.tools.history_pruning 1000000 events

The first command prunes the history with `prune_history`, the second one room sessions with 20
events each with `prune`. The rows to delete are a month old and older. A fifth of the number of
history entries is newer and stays.
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import psycopg
import requests

from tests.support.lending import clean_up_when_told_to_end
from tests.support.postgres import cluster
from tests.support.server import ROOT, clean, manage, start_server
from tests.tools.bench.loading import load

# Callers with 25 requests a second each: about a fifth of what two processors can do.
CALLERS, EVERY = 2, 0.04
QUIET_SECONDS = 40
# Days, each for a third of the old entries.
PRUNED = (50, 40, 30)
ROOMS = 10_000
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rooms_roomchange'"
# Each entry has the size of a PUT of two fields by a token.
ENTRIES = """
INSERT INTO rooms_roomchange (at, project_id, room_id, room_name, version, action, changes,
    author_kind, author_id, author_name, door, request_id)
SELECT now() - interval '60 days' + interval '30 days' * n / {old}, project.id,
    md5((n / 20)::text)::uuid, 'consultation-berlin-' || n / 20, 1 + n % 20, 'changed',
    jsonb_build_object('max_members', jsonb_build_array(n % 90, n % 90 + 1), 'join_until',
        jsonb_build_array('2026-11-24T16:00:00Z', '2026-11-24T18:00:00Z')),
    'token', '1', 'Scheduler of the clinic', 'api', md5(n::text)::uuid::text
FROM generate_series(1, {old} * 6 / 5) AS n,
    LATERAL (SELECT id FROM access_project ORDER BY name OFFSET n % 20 LIMIT 1) AS project
"""
SESSIONS = """
INSERT INTO room_sessions_roomsession (
    id, project_id, room_id, name, status, start_time, end_time, display_name, description,
    max_members, quality, fps, join_from, join_until, remove_at, remove_after_seconds_elapsed,
    layout, record_on_start, enable_room_previews, audio_video_sync)
SELECT gen_random_uuid(), project_id, id, name, 'completed',
    now() - interval '60 days' + interval '30 days' * (20 * n + 1) / {old},
    now() - interval '60 days' + interval '30 days' * (20 * n + 2) / {old}, display_name,
    description, max_members, quality, fps, join_from, join_until, remove_at,
    remove_after_seconds_elapsed, layout, record_on_start, enable_room_previews, audio_video_sync
FROM generate_series(1, {old} / 20) AS n
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM rooms_room) AS room
    ON room.place = 1 + n % {rooms}
"""
EVENTS = """
INSERT INTO room_sessions_sessionevent (session_id, project_id, type, at, payload)
SELECT id, project_id, 'member.joined', start_time, jsonb_build_object('member',
    jsonb_build_object('id', gen_random_uuid(), 'name', 'Ada', 'join_time', start_time))
FROM room_sessions_roomsession, generate_series(1, 20) WHERE status = 'completed'
ORDER BY start_time
"""
STATE = """
SELECT (pg_current_wal_lsn() - '0/0')::bigint / 1000000,
    pg_table_size('{table}') / 1000000, pg_indexes_size('{table}') / 1000000
"""
HISTORY_TABLE, EVENT_TABLE = "rooms_roomchange", "room_sessions_sessionevent"


class Callers:
    """Change rooms at a fixed rate, each by PUT, and measure each response."""

    def __init__(self, url, auth, rooms):
        self.url, self.auth = url + "/api/video/rooms/", auth
        self.rooms = rooms
        self.seconds = []
        self.ending = threading.Event()

    def __enter__(self):
        self.threads = [threading.Thread(target=self._call, args=[n]) for n in range(CALLERS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _call(self, number):
        session = requests.Session()
        session.auth = self.auth
        sizes = itertools.cycle(range(2, 90))
        for room, size in zip(itertools.cycle(self.rooms[number::CALLERS]), sizes, strict=False):
            start = time.perf_counter()
            response = session.put(self.url + room, json={"max_members": size}, timeout=60)
            took = time.perf_counter() - start
            if response.status_code != 200:
                sys.exit(f"PUT was answered {response.status_code}: {response.text}")
            self.seconds.append(took)
            if self.ending.wait(max(EVERY - took, 0)):
                break

    def percentiles(self, name):
        """Print the percentiles since the last call of this method."""
        seconds, self.seconds = sorted(self.seconds), []
        p50, p99 = (seconds[len(seconds) * share // 100] * 1000 for share in (50, 99))
        print(f"{name}: {len(seconds)} PUTs, p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)


def fill(connection, old):
    """Add the entries without indexes, and build the indexes afterwards."""
    indexes = connection.execute(INDEXES + " AND indexname NOT LIKE '%_pkey'").fetchall()
    unique = "roomchange_one_a_version"
    connection.execute(f"ALTER TABLE rooms_roomchange DROP CONSTRAINT {unique}")
    for name, _ in indexes:
        connection.execute(f'DROP INDEX IF EXISTS "{name}"')
    connection.execute(ENTRIES.format(old=old))
    for _, definition in indexes:
        connection.execute(definition)
    connection.execute(
        f"ALTER TABLE rooms_roomchange ADD CONSTRAINT {unique} UNIQUE USING INDEX {unique}"
    )
    connection.execute("VACUUM ANALYZE rooms_roomchange")
    connection.execute("CHECKPOINT")


def fill_sessions(connection, old):
    connection.execute(SESSIONS.format(old=old, rooms=ROOMS))
    connection.execute(EVENTS)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def measure(connection, env, callers, kind):
    """Prune a third at a time, and compare it with the quiet times around, as the load varies."""
    for days in PRUNED:
        _rest(callers)
        _prune(connection, env, callers, days, kind)
    _rest(callers)


def _rest(callers):
    callers.seconds.clear()
    time.sleep(QUIET_SECONDS)
    callers.percentiles("quiet")


def _prune(connection, env, callers, days, kind):
    state = STATE.format(table=EVENT_TABLE if kind == "events" else HISTORY_TABLE)
    words = ["prune"] if kind == "events" else ["prune_history", "--older-than", str(days)]
    before = connection.execute(state).fetchone()
    start = time.perf_counter()
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=clean({**env, "SESSION_DAYS": str(days)}), check=True)
    took = time.perf_counter() - start
    callers.percentiles("during")
    after = connection.execute(state).fetchone()
    print(
        f"{took:.0f} s, {after[0] - before[0]} MB of WAL, table {before[1]} to {after[1]} MB, "
        f"indexes {before[2]} to {after[2]} MB, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main(old, kind="history"):
    data = tempfile.TemporaryDirectory()
    with cluster(durable=True, extension="pg_trgm") as database, data as folder:
        env = {"DATABASE_URL": database.url, "GREENROOM_DATA": folder, "ALLOWED_HOSTS": "127.0.0.1"}
        env |= {"HTTPS": "false", "WORKERS": "2", "SECRET_KEY": os.urandom(40).hex()}
        manage(env, "migrate", "--verbosity", "0")
        made = manage(env, "create_token", "--project", "Project 01", "--scope", "video", "--json")
        token = json.loads(made)
        rows = load(database.url, ROOMS)
        with psycopg.connect(database.url, autocommit=True) as connection:
            (fill_sessions if kind == "events" else fill)(connection, old)
            print(f"{old} old entries; load {os.getloadavg()[0]:.1f}", flush=True)
            auth = token["project_id"], token["token"]
            with start_server(env) as server, Callers(server.url, auth, rows.room_ids) as callers:
                measure(connection, env, callers, kind)


if __name__ == "__main__":
    clean_up_when_told_to_end()
    main(int(sys.argv[1]), *sys.argv[2:])
