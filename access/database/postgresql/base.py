"""Django's PostgreSQL, with connections that are kept and looked at without asking them.

Each thread keeps one connection. Whether it still stands is seen at its socket, where a server
that has gone leaves its farewell: Django's own health check is a statement before each request's
first one, and a pool besides costs as much again.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from access.database.postgresql.prepared import Prepared, PreparedCursor


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        # Of a prepared statement the driver keeps no text.
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
    prepared: Prepared | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Return what Django connects with, but with moments read by the driver.

        Django's loader, in Python, takes ten times as long, to put a time zone in the place of the
        connection's own, which is UTC with us as well.
        """
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["context"] = AdaptersMap(parameters["context"])
        parameters["context"].register_loader("timestamptz", TimestamptzLoader)
        return parameters

    def create_cursor(self, name: str | None = None) -> Any:
        # As Django does, which would ask the loader for its time zone.
        if name is None:
            return self.connection.cursor()
        return base.ServerSideCursor(
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )

    def is_usable(self) -> bool:
        """Say whether the connection still stands; asks the server only if there is a doubt."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or self._has_said_something():
            return bool(super().is_usable())
        return True

    def prepared_cursor(self) -> Any:
        """Return a cursor whose statements PostgreSQL reads and plans once a connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._is_plain():
            return PreparedCursor(self._prepared(), self.wrap_database_errors)
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def _is_plain(self) -> bool:
        """Say whether nothing stands between a statement and the server.

        A transaction is begun by the driver, and who counts or logs statements does so at its
        cursor; a pooler (PGBOUNCER) lends another connection each time.
        """
        return not (
            self.in_atomic_block
            or self.execute_wrappers
            or self.queries_logged
            or self.connection.prepare_threshold is None
        )

    def _prepared(self) -> Prepared:
        if self.prepared is None or self.prepared.connection is not self.connection:
            self.prepared = Prepared(self.connection)
        return self.prepared

    def _has_said_something(self) -> bool:
        # Nothing was asked: what lies there unread is an end, or news such as a shutdown's.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
