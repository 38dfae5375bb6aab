"""The one statement that the ORM does not write: a change of a room and its history, at once.

PostgreSQL does in one step what the ORM needs four for (BEGIN, UPDATE, INSERT, COMMIT), and
holds the row for as long as that step takes. Columns and values are the models' own;
tests/test_written_at_once.py compares what it leaves with what the ORM leaves.
"""

from functools import cache, lru_cache
from typing import Any

from django.db import connection

from rooms.history import RoomChange
from rooms.judgement import FIELDS, Change
from rooms.models import Room

KEPT_BY_US = ("version", "updated_at")
_PARTS = """
WITH changed AS (
    UPDATE {rooms} SET {settings} WHERE id = %s AND version = %s RETURNING 1
)
INSERT INTO {history} ({columns}) SELECT {values} FROM changed
"""


def can_write_at_once() -> bool:
    """Say whether this database changes rows inside of a WITH; SQLite does not."""
    return connection.vendor == "postgresql"


def write_at_once(change: Change, entry: RoomChange) -> bool:
    """Write what moved and its history, if the room's row is still the version before the change.

    Returns whether it was: if not, nothing is written.
    """
    room = change.room
    fields = [FIELDS[name] for name in FIELDS if name in change.moved or name in KEPT_BY_US]
    parameters = [_prepared(field, room) for field in fields]
    parameters += [room.pk, room.version - 1]
    parameters += [_prepared(field, entry) for field in _history_fields()]
    with connection.prepared_cursor() as cursor:
        cursor.execute(_sql(tuple(field.column for field in fields)), parameters)
        return bool(cursor.rowcount)


def _prepared(field: Any, row: Any) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


@cache
def _history_fields() -> tuple[Any, ...]:
    return tuple(field for field in RoomChange._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=256)
def _sql(columns: tuple[str, ...]) -> str:
    quoted = connection.ops.quote_name
    return _PARTS.format(
        rooms=quoted(Room._meta.db_table),
        history=quoted(RoomChange._meta.db_table),
        settings=", ".join(f"{quoted(column)} = %s" for column in columns),
        columns=", ".join(quoted(field.column) for field in _history_fields()),
        # A parameter that is only passed on has no type by itself.
        values=", ".join(f"%s::{field.db_type(connection)}" for field in _history_fields()),
    )
