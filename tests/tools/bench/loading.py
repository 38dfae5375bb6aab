"""Rooms by the million in seconds: COPY on every processor, indexes when the rows are in."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import psycopg

from tests.tools.bench import rows

# Each takes memory for its index.
AT_ONCE = min(os.cpu_count() or 1, 4)
# All but the primary key, which other tables point at; the search's takes longest to build.
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rooms_room'
AND indexname NOT IN (
    SELECT conname FROM pg_constraint WHERE conrelid = 'rooms_room'::regclass AND contype = 'p')
ORDER BY indexdef LIKE '% USING gin %' DESC, indexname
"""
CONSTRAINTS = """
SELECT conname, CASE contype WHEN 'u' THEN 'UNIQUE USING INDEX ' || quote_ident(conname)
    ELSE pg_get_constraintdef(oid) END
FROM pg_constraint WHERE conrelid = 'rooms_room'::regclass AND contype IN ('u', 'f')
"""
ALL_OF_THEM = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rooms_room'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'rooms_room'::regclass AND convalidated
ORDER BY 1, 2
"""


def load(url, rooms):
    """Fill a migrated database, whose one project becomes the first of PROJECTS; return Rows."""
    numbers = {
        **{"rooms": rooms, "projects": rows.PROJECTS, "live": rows.LIVE, "small": rows.SMALL},
        **{"kestrels": rows.KESTRELS, "streams": AT_ONCE, "now": datetime.now(UTC)},
    }
    with _connected(url) as connection:
        connection.execute(rows.PROJECT_ROWS, numbers)
        as_migrated = connection.execute(ALL_OF_THEM).fetchall()
        indexes, constraints = _stripped(connection)
        _all(partial(_copy, url, {**numbers, "stream": stream}) for stream in range(AT_ONCE))
        _all(partial(_do, url, one, numbers) for one in (*indexes, rows.HISTORY, rows.SESSIONS))
        for statement in (*constraints, rows.MEMBERS, "VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(statement)
        if connection.execute(ALL_OF_THEM).fetchall() != as_migrated:
            raise RuntimeError("The rooms have not the indexes and constraints of before.")
        return rows.look(connection)


def _stripped(connection):
    """Take from the rooms what makes each new row dear; return the statements that give it back."""
    constraints = connection.execute(CONSTRAINTS).fetchall()
    indexes = connection.execute(INDEXES).fetchall()
    for name, _ in constraints:
        connection.execute(f'ALTER TABLE rooms_room DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        connection.execute(f'DROP INDEX IF EXISTS "{name}"')
    again = [f'ALTER TABLE rooms_room ADD CONSTRAINT "{name}" {rest}' for name, rest in constraints]
    return [definition for _, definition in indexes], again


def _copy(url, numbers):
    """Copy one stream of rooms from where PostgreSQL makes them up to where it keeps them."""
    into = f"COPY rooms_room ({rows.COLUMNS}) FROM STDIN (FORMAT binary)"
    with _connected(url) as source, _connected(url) as target:
        made = f"COPY ({psycopg.ClientCursor(source).mogrify(rows.ROOMS, numbers)}) TO STDOUT"
        with (
            source.cursor().copy(f"{made} (FORMAT binary)") as out,
            target.cursor().copy(into) as copied,
        ):
            for piece in out:
                copied.write(piece)


def _do(url, statement, numbers):
    with _connected(url) as connection:
        connection.execute(statement, numbers if "%(" in statement else None)


def _connected(url):
    # Indexes are built in memory as far as it goes.
    options = "-c maintenance_work_mem=512MB"
    return psycopg.connect(url, autocommit=True, options=options)


def _all(jobs):
    """Do all of them, as many at once as there are processors, in this order."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    finally:
        # Whoever is cut short does not wait for the rest: the database ends, and they with it.
        pool.shutdown(wait=False, cancel_futures=True)
