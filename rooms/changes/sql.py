"""Write a change of rooms and its history with one statement, on PostgreSQL.

The ORM needs four (BEGIN, UPDATE, INSERT, COMMIT) and locks the row for longer. Columns and
values come from the models; tests/rooms/changes/test_single_statement_writes.py compares the
resulting rows with the ORM's.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import JSONField

from access.database.prepared_queries import prepared_cursor
from rooms.changes.validation import FIELDS, Change, written
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.rules.fields import JsonTextField
from rooms.rules.json_values import with_texts

# The driver does not adapt the values of these fields.
JSON = (JSONField, JsonTextField)
_WRITE_ONE = """
WITH changed AS (
    UPDATE {rooms} SET {settings} WHERE id = %s AND version = %s RETURNING 1
)
INSERT INTO {history} ({columns}) SELECT {values} FROM changed
"""
# The caller has locked the rows; the history alone needs RETURNING. The sort gives history ids
# the order of the rooms.
_WRITE_MANY = """
WITH changed AS (
    UPDATE {rooms} AS room SET {settings} FROM json_to_recordset(%s) AS sent ({sent})
    WHERE room.id = sent.id RETURNING room.*, sent.moved, sent.former
)
INSERT INTO {history} ({columns}) SELECT {values} FROM changed ORDER BY changed.id
"""
# The history's columns that each room fills, with the column of the room.
_ROOM_COLUMNS = {
    "at": "updated_at",
    "project_id": "project_id",
    "room_id": "id",
    "room_name": "name",
    "version": "version",
    "changes": "moved",
    "former_names": "former",
}


@cache
def single_statement() -> bool:
    """Return whether this database can write a change and its history in one statement."""
    return connection.vendor == "postgresql"


def write_change(change: Change, entry: RoomChange) -> bool:
    """Write a change and its history if the stored room still has the version before the change.

    Returns False if it has another version; then nothing is written.
    """
    room = change.room
    fields = [FIELDS[name] for name in written(change.moved)]
    parameters = [_prepared(field, room) for field in fields]
    parameters += [room.pk, room.version - 1]
    parameters += [_prepared(field, entry) for field in _history_fields()]
    with prepared_cursor(connection) as cursor:
        cursor.execute(_sql(tuple(field.column for field in fields)), parameters)
        return bool(cursor.rowcount)


def write_changes(changes: Sequence[Change], entry: RoomChange) -> None:
    """Write changes of rooms that the caller has locked, and a history row for each.

    `entry` holds the columns that all history rows share. A field that moved in one room is
    written in all of them, with each room's own value.
    """
    moved = {name for change in changes for name in change.moved}
    fields = [FIELDS[name] for name in written(moved)]
    # A single JSON text: the driver is slower at adapting an array of values.
    parameters = [orjson.dumps([_sent(change, fields) for change in changes]).decode()]
    parameters += [_prepared(field, entry) for field in _shared_fields()]
    with connection.cursor() as cursor:
        cursor.execute(_sql_of_many(tuple(fields)), parameters)


def _sent(change: Change, fields: Sequence[Any]) -> dict[str, Any]:
    room = change.room
    row = {field.column: field.get_prep_value(field.pre_save(room, False)) for field in fields}
    own = {"moved": with_texts(change.as_json()), "former": change.former_names()}
    return {"id": room.pk, **row, **own}


def _prepared(field: Any, row: Any) -> Any:
    value = field.pre_save(row, False)
    return field.get_db_prep_save(value, connection) if isinstance(field, JSON) else value


@cache
def _history_fields() -> tuple[Any, ...]:
    return tuple(field for field in RoomChange._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=256)
def _sql(columns: tuple[str, ...]) -> str:
    quoted = connection.ops.quote_name
    return _WRITE_ONE.format(
        rooms=quoted(Room._meta.db_table),
        history=quoted(RoomChange._meta.db_table),
        settings=", ".join(f"{quoted(column)} = %s" for column in columns),
        columns=", ".join(quoted(field.column) for field in _history_fields()),
        # PostgreSQL cannot infer the type of a parameter in a SELECT list.
        values=", ".join(f"%s::{field.db_type(connection)}" for field in _history_fields()),
    )


@cache
def _shared_fields() -> tuple[Any, ...]:
    return tuple(field for field in _history_fields() if field.attname not in _ROOM_COLUMNS)


@lru_cache(maxsize=256)
def _sql_of_many(fields: tuple[Any, ...]) -> str:
    quoted = connection.ops.quote_name
    columns = [quoted(field.column) for field in fields]
    typed = [f"{quoted(one.column)} {one.db_type(connection)}" for one in (FIELDS["id"], *fields)]
    return _WRITE_MANY.format(
        rooms=quoted(Room._meta.db_table),
        history=quoted(RoomChange._meta.db_table),
        settings=", ".join(f"{column} = sent.{column}" for column in columns),
        sent=", ".join([*typed, "moved jsonb", "former text"]),
        columns=", ".join(quoted(field.column) for field in _history_fields()),
        values=", ".join(_history_value(field) for field in _history_fields()),
    )


def _history_value(field: Any) -> str:
    column = _ROOM_COLUMNS.get(field.attname)
    return f"changed.{column}" if column else f"%s::{field.db_type(connection)}"
