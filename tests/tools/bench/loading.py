"""Load a million rooms in seconds: COPY in parallel, and build the indexes after it."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import psycopg

from tests.tools.bench import rows

# Each connection needs memory to build an index.
AT_ONCE = min(os.cpu_count() or 1, 4)
# All indexes except the primary key, which other tables reference. The search index takes longest.
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
SCHEMA = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rooms_room'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'rooms_room'::regclass AND convalidated
ORDER BY 1, 2
"""


def load(url, rooms):
    """Fill a migrated database with one project; return its Rows."""
    numbers = {
        **{"rooms": rooms, "projects": rows.PROJECTS, "live": rows.LIVE, "small": rows.SMALL},
        **{"kestrels": rows.KESTRELS, "streams": AT_ONCE, "now": datetime.now(UTC)},
    }
    with _connect(url) as connection:
        connection.execute(rows.PROJECT_ROWS, numbers)
        schema = connection.execute(SCHEMA).fetchall()
        indexes, constraints = _drop_indexes(connection)
        _run_all(partial(_copy, url, {**numbers, "stream": stream}) for stream in range(AT_ONCE))
        _run_all(
            partial(_execute, url, one, numbers) for one in (*indexes, rows.HISTORY, rows.SESSIONS)
        )
        for statement in (*constraints, rows.MEMBERS, "VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(statement)
        if connection.execute(SCHEMA).fetchall() != schema:
            raise RuntimeError("Indexes or constraints of the rooms differ from before.")
        return rows.read_rows(connection)


def _drop_indexes(connection):
    """Drop indexes and constraints, because they slow down COPY; return SQL that restores them."""
    constraints = connection.execute(CONSTRAINTS).fetchall()
    indexes = connection.execute(INDEXES).fetchall()
    for name, _ in constraints:
        connection.execute(f'ALTER TABLE rooms_room DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        connection.execute(f'DROP INDEX IF EXISTS "{name}"')
    restore = [
        f'ALTER TABLE rooms_room ADD CONSTRAINT "{name}" {rest}' for name, rest in constraints
    ]
    return [definition for _, definition in indexes], restore


def _copy(url, numbers):
    """Copy one stream of rooms from the SELECT that generates them into the table."""
    statement = f"COPY rooms_room ({rows.COLUMNS}) FROM STDIN (FORMAT binary)"
    with _connect(url) as source, _connect(url) as target:
        generated = f"COPY ({psycopg.ClientCursor(source).mogrify(rows.ROOMS, numbers)}) TO STDOUT"
        with (
            source.cursor().copy(f"{generated} (FORMAT binary)") as output,
            target.cursor().copy(statement) as table,
        ):
            for part in output:
                table.write(part)


def _execute(url, statement, numbers):
    with _connect(url) as connection:
        connection.execute(statement, numbers if "%(" in statement else None)


def _connect(url):
    # PostgreSQL builds indexes faster in memory.
    options = "-c maintenance_work_mem=512MB"
    return psycopg.connect(url, autocommit=True, options=options)


def _run_all(jobs):
    """Run all jobs in this order, AT_ONCE at a time."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    finally:
        # After an error or Ctrl+C the database is stopped, and this ends the other jobs.
        pool.shutdown(wait=False, cancel_futures=True)
