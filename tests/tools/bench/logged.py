"""What PostgreSQL logs of a request: how many statements it is, and which."""

import contextlib
import time
from statistics import mode

import psycopg

from tests.tools.bench.rounds import CROWD, Load


@contextlib.contextmanager
def log_statements(cluster):
    """Let the database write every statement to its log until the block ends."""
    _log(cluster, "all")
    yield
    _log(cluster, "none")


def statements(entrant, log):
    """Return how many statements one request sends, BEGIN and COMMIT among them.

    The database writes each to the file `log` (log_statements).
    """
    # So that every thread has its connection to the database.
    entrant.run(Load(requests=2 * CROWD, connections=CROWD))
    # As most of them do: once a minute a call also notes that its token was used, and a new
    # connection asks for things once.
    return mode(count_of(recorded(entrant, log)) for _ in range(9))


def count_of(log):
    return sum(log.count(word) for word in ("LOG:  statement: ", "LOG:  execute "))


def recorded(entrant, log):
    """Return what the database logs of one request."""
    start = log.stat().st_size
    entrant.run(Load(requests=1))
    with log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")


def _log(cluster, which):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
        connection.execute("SELECT pg_reload_conf()")
        # It is told to every connection, this one among them, in a moment.
        while connection.execute("SHOW log_statement").fetchone()[0] != which:
            time.sleep(0.05)
    time.sleep(0.2)
