"""The connections of a thread to the primary and to the replica."""

from typing import Any

from django.db import connections

PRIMARY, REPLICA = "default", "replica"


def connect_replica() -> None:
    """Connect this thread first, because a new connection resets the progress."""
    connection = connections[REPLICA]
    connection.close_if_health_check_failed()
    connection.ensure_connection()


def replica_address() -> tuple[bytes, ...]:
    """Return the address of the replica that this thread is connected to."""
    libpq = connections[REPLICA].connection.pgconn
    return libpq.host, libpq.hostaddr, libpq.port


def fetch_row(alias: str, sql: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()
