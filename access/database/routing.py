"""Which database a read asks: the primary, or its replica where the caller cannot tell (ADR 19).

Every read asks the primary unless config/middleware/replica_reads.py allows the request to use
the replica and replica.py finds that the replica has everything that the caller has seen.
"""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connections

from access.database.replica import PRIMARY, REPLICA, replica

UNDECIDED = "undecided"
_where: ContextVar[str] = ContextVar("where", default=PRIMARY)

# What rooms are and were. Nothing that says who may do what is ever read from the replica.
READ_THERE = frozenset(
    {
        "rooms.room",
        "rooms.roomchange",
        "room_sessions.roomsession",
        "room_sessions.member",
        "room_sessions.sessionevent",
    }
)


def read_alias() -> str:
    """Return the alias of the database that a prepared query reads from."""
    # What a transaction reads, it may write.
    if _where.get() != REPLICA or connections[PRIMARY].in_atomic_block:
        return PRIMARY
    return REPLICA


def reads_primary() -> bool:
    """Say whether this request reads from the primary, whoever calls."""
    return _where.get() == PRIMARY


def use_primary(**kwargs: Any) -> None:
    """Have this request read from the primary."""
    _where.set(PRIMARY)


def allow_replica() -> None:
    """Let this request's reads go to the replica, as soon as caller_wrote() is told."""
    _where.set(UNDECIDED)


def caller_wrote(last: datetime | None) -> None:
    """Say when this request's caller last wrote: nobody reads less than what they wrote."""
    if _where.get() == UNDECIDED:
        _where.set(REPLICA if replica().has_all_until(last) else PRIMARY)


class ReplicaRouter:
    """The same for what the ORM reads. All that writes, locks, or is in a transaction stays."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return read_alias() if model._meta.label_lower in READ_THERE else PRIMARY

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY
