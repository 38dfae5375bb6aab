"""What the ORM does not write: a change and its history in one statement, of one room or of many.

PostgreSQL does in one step what the ORM needs four for (BEGIN, UPDATE, INSERT, COMMIT), and
holds the row for as long as that step takes. Columns and values are the models' own;
tests/rooms/changes/test_single_statement_writes.py compares the resulting rows with the ORM's.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import JSONField

from access.database.prepared_queries import prepared_cursor
from rooms.changes.validation import FIELDS, Change
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.rules.fields import JsonTextField

# What the driver does not write as it is.
JSON = (JSONField, JsonTextField)
MANAGED = ("version", "updated_at")
_PARTS = """
WITH changed AS (
    UPDATE {rooms} SET {settings} WHERE id = %s AND version = %s RETURNING 1
)
INSERT INTO {history} ({columns}) SELECT {values} FROM changed
"""
# The rows are locked: it is only for the history that they are returned. Sorted, because the
# history is numbered as it is written.
_PARTS_OF_MANY = """
WITH changed AS (
    UPDATE {rooms} AS room SET {settings} FROM json_to_recordset(%s) AS sent ({sent})
    WHERE room.id = sent.id RETURNING room.*, sent.moved
)
INSERT INTO {history} ({columns}) SELECT {values} FROM changed ORDER BY changed.id
"""
# What the history keeps of each room, and in which column of the room that is.
_OF_THE_ROOM = {
    "at": "updated_at",
    "project_id": "project_id",
    "room_id": "id",
    "room_name": "name",
    "version": "version",
    "changes": "moved",
}


@cache
def single_statement() -> bool:
    """Say whether this database does in one statement what SQLite needs several for."""
    return connection.vendor == "postgresql"


def write_change(change: Change, entry: RoomChange) -> bool:
    """Write what moved and its history, if the room's row is still the version before the change.

    Returns whether it was: if not, nothing is written.
    """
    room = change.room
    fields = [FIELDS[name] for name in FIELDS if name in change.moved or name in MANAGED]
    parameters = [_prepared(field, room) for field in fields]
    parameters += [room.pk, room.version - 1]
    parameters += [_prepared(field, entry) for field in _history_fields()]
    with prepared_cursor(connection) as cursor:
        cursor.execute(_sql(tuple(field.column for field in fields)), parameters)
        return bool(cursor.rowcount)


def write_changes(changes: Sequence[Change], entry: RoomChange) -> None:
    """Write what moved in rooms that the caller has locked, and a history row for each.

    `entry` says who and how; what is each room's own is taken from the room. A field that moves
    in one of them is written in all, with the value that it has there.
    """
    moved = {name for change in changes for name in change.moved}
    fields = [FIELDS[name] for name in FIELDS if name in moved or name in MANAGED]
    # One text for all: the driver takes longer for an array's values than they take to be judged.
    parameters = [_as_json([_sent(change, fields) for change in changes])]
    parameters += [_prepared(field, entry) for field in _shared_fields()]
    with connection.cursor() as cursor:
        cursor.execute(_sql_of_many(tuple(fields)), parameters)


def _sent(change: Change, fields: Sequence[Any]) -> dict[str, Any]:
    room = change.room
    row = {field.column: field.get_prep_value(getattr(room, field.attname)) for field in fields}
    return {"id": room.pk, **row, "moved": change.as_json()}


def _as_json(rows: Sequence[Any]) -> str:
    try:
        return orjson.dumps(rows).decode()
    except TypeError:
        # A number of more than 64 bits, which a room's meta may hold.
        return json.dumps(rows, default=str)


def _prepared(field: Any, row: Any) -> Any:
    value = getattr(row, field.attname)
    return field.get_db_prep_save(value, connection) if isinstance(field, JSON) else value


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


@cache
def _shared_fields() -> tuple[Any, ...]:
    return tuple(field for field in _history_fields() if field.attname not in _OF_THE_ROOM)


@lru_cache(maxsize=256)
def _sql_of_many(fields: tuple[Any, ...]) -> str:
    quoted = connection.ops.quote_name
    columns = [quoted(field.column) for field in fields]
    typed = [f"{quoted(one.column)} {one.db_type(connection)}" for one in (FIELDS["id"], *fields)]
    return _PARTS_OF_MANY.format(
        rooms=quoted(Room._meta.db_table),
        history=quoted(RoomChange._meta.db_table),
        settings=", ".join(f"{column} = sent.{column}" for column in columns),
        sent=", ".join([*typed, "moved jsonb"]),
        columns=", ".join(quoted(field.column) for field in _history_fields()),
        values=", ".join(_of_each(field) for field in _history_fields()),
    )


def _of_each(field: Any) -> str:
    column = _OF_THE_ROOM.get(field.attname)
    return f"changed.{column}" if column else f"%s::{field.db_type(connection)}"
