"""Django's PostgreSQL backend, with a cheaper health check and prepared statements.

Each thread keeps one connection. Polling its socket detects a closed connection. Django's own
health check is a query before the first one of each request, and a pool costs as much again.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import IsolationLevel
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from access.database.outages import READ_ONLY_QUERY
from access.database.postgresql.hosts import Hosts, hosts_of, listed_servers
from access.database.postgresql.prepared import PreparedCursor, PreparedStatements
from access.database.postgresql.watched import (
    HURRIED,
    PATIENCE,
    PROBE_TIMEOUT,
    WatchedConnection,
)
from access.database.sockets import answering

# config/databases.py sets it for the replica.
READ_ONLY_OPTION = "default_transaction_read_only=on"


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        # The driver does not keep the text of a prepared statement.
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
    prepared: PreparedStatements | None = None
    hosts: Hosts | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters, with the driver's own loader of timestamps.

        Django's loader, in Python, takes ten times as long. It only replaces the connection's
        time zone, which is always UTC here.
        """
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["context"] = AdaptersMap(parameters["context"])
        parameters["context"].register_loader("timestamptz", TimestamptzLoader)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> WatchedConnection:
        # This is Django's method without a pool and without an option for the isolation level.
        self.isolation_level = IsolationLevel.READ_COMMITTED
        self.hosts = hosts_of(conn_params)
        if self.hosts is not None:
            return self.hosts.connect(conn_params)
        return WatchedConnection.connect(**conn_params)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Give up the statements of this block sooner, and a server that does not answer at all."""
        if self.connection is None:
            self._require_answer()
            self.ensure_connection()
        connection = self.connection
        connection.patience = HURRIED
        try:
            yield
        finally:
            connection.patience = PATIENCE

    def _require_answer(self) -> None:
        """Raise OperationalError if no host answers, sooner than an attempt to connect ends."""
        if (hosts := hosts_of(self.get_connection_params())) is not None:
            # The next connection asks all hosts then.
            hosts.forget(hosts.last)
            return
        addresses = listed_servers(self.settings_dict["HOST"], str(self.settings_dict["PORT"]))
        if addresses and not any(answering(addresses, PROBE_TIMEOUT)):
            raise OperationalError("The server does not answer.")

    def create_cursor(self, name: str | None = None) -> Any:
        # This is Django's method without its call of the replaced loader.
        if name is None:
            return self.connection.cursor()
        return base.ServerSideCursor(
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )

    def is_usable(self) -> bool:
        """Return whether the connection works; query the server only in doubt."""
        if self.connection is None or self.connection.closed or self._is_outdated():
            return False
        if self.errors_occurred or self._has_unread_data():
            return self._is_as_good_as_new()
        return True

    def prepared_cursor(self) -> Any:
        """Return a cursor whose statements PostgreSQL prepares once for each connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._is_plain():
            return PreparedCursor(self._prepared(), self.wrap_database_errors)
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def _is_plain(self) -> bool:
        """Return whether statements can bypass the driver's cursor.

        The cursor begins transactions, and counts or logs statements. PgBouncer uses another
        connection for each transaction, without the prepared statements.
        """
        return not (
            self.in_atomic_block
            or self.execute_wrappers
            or self.queries_logged
            or self.connection.prepare_threshold is None
        )

    def _prepared(self) -> PreparedStatements:
        if self.prepared is None or self.prepared.connection is not self.connection:
            self.prepared = PreparedStatements(self.connection)
        return self.prepared

    def _is_outdated(self) -> bool:
        """Return whether another thread has found a new primary."""
        return self.hosts is not None and self.hosts.has_left(self.connection)

    def _is_as_good_as_new(self) -> bool:
        """Return whether the server answers, and accepts writes if it should.

        Behind the same address a new connection may reach a server that accepts them.
        """
        try:
            # Without a cursor of Django's, which would check the connection again.
            row = self.connection.execute(READ_ONLY_QUERY).fetchone()
        except self.Database.Error:
            return False
        is_replica = READ_ONLY_OPTION in self.settings_dict["OPTIONS"].get("options", "")
        return row == ("off",) or is_replica

    def _has_unread_data(self) -> bool:
        # No query is open, so unread data is an end of the connection or a notice of one.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
