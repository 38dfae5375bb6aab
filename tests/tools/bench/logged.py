"""PostgreSQL's log of a request: the statements and their number."""

import contextlib
import time
from statistics import mode

import psycopg

from tests.tools.bench.rounds import MANY_CONNECTIONS, Load


@contextlib.contextmanager
def log_statements(cluster):
    """Let PostgreSQL log every statement until the block ends."""
    _set_log(cluster, "all")
    yield
    _set_log(cluster, "none")


def statements(participant, log):
    """Return how many statements one request sends, including BEGIN and COMMIT.

    PostgreSQL logs them to the file `log`; see log_statements.
    """
    # First every thread connects to the database.
    participant.run(Load(requests=2 * MANY_CONNECTIONS, connections=MANY_CONNECTIONS))
    # Use the most frequent count: once a minute a request also updates the token's last use, and a
    # new connection sends extra statements.
    return mode(count_of(log_of_request(participant, log)) for _ in range(9))


def count_of(log):
    return sum(log.count(prefix) for prefix in ("LOG:  statement: ", "LOG:  execute "))


def log_of_request(participant, log):
    """Return the log of PostgreSQL for one request."""
    start = log.stat().st_size
    participant.run(Load(requests=1))
    with log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")


def _set_log(cluster, value):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET log_statement = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        # Connections receive a new setting after a short time.
        while connection.execute("SHOW log_statement").fetchone()[0] != value:
            time.sleep(0.05)
    time.sleep(0.2)
