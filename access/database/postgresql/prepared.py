"""Send prepared statements with libpq itself, prepared once for each connection.

For each query, the driver's cursor parses placeholders, finds types and waits for the socket in
Python. It takes 84 µs for a room; libpq takes 15 of them and the values 4.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any, Self

import psycopg
from psycopg import errors, pq
from psycopg.adapt import AdaptersMap, Loader, PyFormat, Transformer

from access.database.postgresql.watched import WatchedConnection

# The driver's own limit. Each set of changed settings is another statement, and each statement
# takes the server's memory on every connection.
MOST = 100


class JsonbTextLoader(Loader):
    """Returns JSON as text, which the model's field parses, as in Django."""

    format = pq.Format.BINARY

    def load(self, data: Any) -> str:
        # The first byte is the version of the format.
        return bytes(data)[1:].decode()


class PreparedStatements:
    """The prepared statements of one connection, and the adapters of their values."""

    def __init__(self, connection: WatchedConnection) -> None:
        self.connection = connection
        self.adapters = AdaptersMap(connection.adapters)
        self.adapters.register_loader("jsonb", JsonbTextLoader)
        self.values = Transformer(self)
        # The most recently used statement is the last.
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._numbers = count()

    def run(self, sql: str, parameters: Sequence[Any]) -> pq.abc.PGresult:
        sent = self.values.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        self.connection.waits_since = time.monotonic()
        try:
            return self._run_prepared(sql, sent)
        finally:
            self.connection.waits_since = None

    def _run_prepared(self, sql: str, sent: Sequence[Any]) -> pq.abc.PGresult:
        try:
            return self._run(sql, sent)
        except errors.InvalidSqlStatementName:
            # When the driver rolls back a transaction, it deallocates all statements of the
            # connection. A missing statement did not run, so it can run again.
            self._names.clear()
        except errors.FeatureNotSupported:
            # A migration has changed the type of a column; this statement did not run either.
            if sql not in self._names:
                raise
            self._forget(sql)
        return self._run(sql, sent)

    def _run(self, sql: str, sent: Sequence[Any]) -> pq.abc.PGresult:
        name = self._names.get(sql) or self._prepare(sql)
        self._names.move_to_end(sql)
        libpq = self.connection.pgconn
        return self._fine(libpq.exec_prepared(name, sent, result_format=pq.Format.BINARY))

    def _prepare(self, sql: str) -> bytes:
        if len(self._names) >= MOST:
            self._forget(next(iter(self._names)))
        name = b"greenroom_%d" % next(self._numbers)
        self._fine(self.connection.pgconn.prepare(name, _numbered(sql).encode()))
        self._names[sql] = name
        return name

    def _forget(self, sql: str) -> None:
        self._fine(self.connection.pgconn.exec_(b"DEALLOCATE " + self._names.pop(sql)))

    def _fine(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return result
        if self.connection.closed:
            raise psycopg.OperationalError(result.get_error_message())
        raise errors.error_from_result(result)


class PreparedCursor:
    """A cursor for one prepared statement, with the methods that it needs."""

    def __init__(self, prepared: PreparedStatements, errors_of: Any) -> None:
        self._prepared = prepared
        self._errors_of = errors_of

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with self._errors_of:
            self._result = self._prepared.run(sql, parameters)

    @property
    def rowcount(self) -> int:
        return self._result.command_tuples or 0

    def fetchone(self) -> tuple[Any, ...] | None:
        rows = self._rows(1)
        return rows[0] if rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows(self._result.ntuples)

    def _rows(self, most: int) -> list[tuple[Any, ...]]:
        values = self._prepared.values
        values.set_pgresult(self._result)
        return values.load_rows(0, min(most, self._result.ntuples), tuple)


def _numbered(sql: str) -> str:
    """Return `sql` with PostgreSQL's placeholders: $1, $2, …"""
    numbers = iter(range(1, sql.count("%s") + 1))
    return re.sub("%([%s])", lambda found: "%" if found[1] == "%" else f"${next(numbers)}", sql)
