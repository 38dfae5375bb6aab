"""A streaming standby of a PostgreSQL of the tests: a replica whose replay can be paused."""

import contextlib
import re

import psycopg

from tests.support.postgres import ROLE, Cluster
from tests.support.postgres_programs import home
from tests.support.processes import eventually, tail

# The query for the position that access/database/replica_connections.py repeats.
LOOK = "pg_is_in_recovery"


@contextlib.contextmanager
def standby(primary):
    """Yield a running Standby of the Cluster `primary`."""
    with home() as folder:
        replica = Standby(folder, primary)
        try:
            replica.create()
            yield replica
        finally:
            replica.stop()


class Standby(Cluster):
    """A copy of another cluster that replays its writes, and logs its own queries."""

    def __init__(self, folder, primary):
        super().__init__(folder, {**primary.settings, "log_statement": "all"})
        self.primary = primary
        self.password = primary.password

    def create(self):
        source = f"host=127.0.0.1 port={self.primary.port} user={ROLE} password={self.password}"
        process = self.spawn(
            *("pg_basebackup", "--pgdata", self.data, "--dbname", source),
            *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
        )
        if process.wait():
            raise RuntimeError(f"pg_basebackup failed:\n{tail(self.log)}")
        self.start()

    @contextlib.contextmanager
    def held_back(self):
        """Pause the replay during this block."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            self._catch_up(connection)
            connection.execute("SELECT pg_wal_replay_pause()")
            state = "SELECT pg_get_wal_replay_pause_state()"
            eventually(lambda: _one(connection, state) == "paused")
            try:
                yield
            finally:
                connection.execute("SELECT pg_wal_replay_resume()")

    def _catch_up(self, connection):
        with psycopg.connect(self.primary.url) as primary:
            end = _one(primary, "SELECT pg_current_wal_insert_lsn()")
        eventually(lambda: _one(connection, f"SELECT pg_last_wal_replay_lsn() >= '{end}'"))

    @contextlib.contextmanager
    def asked(self):
        """Yield a list that gets, at the end of the block, the tables in each logged statement."""
        start, found = self.log.stat().st_size, []
        yield found
        with self.log.open("rb") as log:
            log.seek(start)
            text = log.read().decode(errors="replace")
        statements = re.findall(r" LOG:  (?:statement|execute [^:]*): (.*)", text)
        tables = [re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "?(\w+)', one) for one in statements]
        found += [
            set(named)
            for named, one in zip(tables, statements, strict=True)
            if named and LOOK not in one
        ]


def _one(connection, sql):
    return connection.execute(sql).fetchone()[0]
