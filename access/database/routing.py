"""Route each read to the primary or to the replica (docs/adr/0019).

Every read uses the primary unless config/middleware/replica_reads.py allows the request to use
the replica and replica.py finds that the replica has all writes of the client.
"""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connections

from access.database.replica import replica
from access.database.replica_connections import PRIMARY, REPLICA

UNDECIDED = "undecided"
_database: ContextVar[str] = ContextVar("database", default=PRIMARY)

# The models that may be read from the replica. Permissions always come from the primary.
REPLICA_MODELS = frozenset(
    {
        "rooms.room",
        "rooms.roomchange",
        "room_sessions.roomsession",
        "room_sessions.member",
        "room_sessions.sessionevent",
        "room_sessions.recording",
        "room_sessions.composition",
    }
)


def read_alias() -> str:
    """Return the alias of the database that a prepared query reads from."""
    # A transaction may write the rows that it reads.
    if _database.get() != REPLICA or connections[PRIMARY].in_atomic_block:
        return PRIMARY
    return REPLICA


def reads_primary() -> bool:
    """Return whether this request reads from the primary for every client."""
    return _database.get() == PRIMARY


def use_primary(**kwargs: Any) -> None:
    """Make this request read from the primary."""
    _database.set(PRIMARY)


def allow_replica() -> None:
    """Let this request read from the replica, if use_replica_after() then allows it."""
    _database.set(UNDECIDED)


def use_replica_after(last_write: datetime | None) -> None:
    """Use the replica if it has the client's last write."""
    if _database.get() == UNDECIDED:
        _database.set(REPLICA if replica().can_serve(last_write) else PRIMARY)


class ReplicaRouter:
    """Routes the ORM's reads. Writes, locks and transactions always use the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return read_alias() if model._meta.label_lower in REPLICA_MODELS else PRIMARY

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY
