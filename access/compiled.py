"""Queries that the ORM writes once, and that then cost what the database and its driver cost.

To write the SQL of one room takes the ORM longer than to find the room takes PostgreSQL. These
are written at their first use and kept. The statement is still the ORM's own: a new column or
another join is told in one place.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)


class _Kept:
    """The SQL of one query, kept for each database.

    `build` makes the query set from a value for each of `fields`. It is called once for a
    database, with values that stand for all others: nothing else in the query depends on them.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], *fields: Any) -> None:
        self._build = build
        self._fields = fields
        self._statements: dict[str, _Statement] = {}

    def _statement(self, using: str) -> "_Statement":
        statement = self._statements.get(using)
        if statement is None:
            statement = _Statement(self._build, self._fields, connections[using])
            self._statements[using] = statement
        return statement


class Compiled(_Kept, Generic[Row]):
    """A query for one row, as a model, by the values of some fields."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]], *fields: Any) -> None:
        super().__init__(lambda *values: build(*values)[:1], *fields)

    def first(self, *values: Any, using: str = "default") -> Row | None:
        """Return the first row that the query finds for these values, or None."""
        statement = self._statement(using)
        rows = statement.rows(values, connections[using])
        row: Row | None = statement.model(rows[0], using) if rows else None
        return row


class CompiledRows(_Kept):
    """A query for rows without models, by the values of some fields: of values_list()."""

    def all(self, *values: Any, using: str = "default") -> list[Sequence[Any]]:
        """Return the rows that the query finds for these values."""
        return self._statement(using).rows(values, connections[using])


class _Statement:
    """The SQL of one query, where its values go, and how a row of it becomes a model."""

    def __init__(self, build: Any, fields: Sequence[Any], connection: BaseDatabaseWrapper) -> None:
        self._fields = fields
        samples = [_sample(field) for field in fields]
        query = build(*samples).query
        self._compiler = query.get_compiler(connection=connection)
        self._sql, self._parameters = self._compiler.as_sql()
        stands_for = self._prepared(samples, connection)
        self._places = [
            (place, stands_for.index(value))
            for place, value in enumerate(self._parameters)
            if value in stands_for
        ]
        self._read_columns(connection.alias)

    def rows(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        prepared = self._prepared(values, connection)
        parameters = list(self._parameters)
        for place, which in self._places:
            parameters[place] = prepared[which]
        with prepared_cursor(connection) as cursor:
            cursor.execute(self._sql, parameters)
            rows: list[Any] = cursor.fetchall()
        if self._converters:
            return list(self._compiler.apply_converters(rows, self._converters))
        return rows

    def _prepared(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        return [
            field.get_db_prep_value(value, connection)
            for field, value in zip(self._fields, values, strict=True)
        ]

    def _read_columns(self, alias: str) -> None:
        select, info = self._compiler.select, self._compiler.klass_info
        self._converters = self._compiler.get_converters([column[0] for column in select])
        if info is None:
            return
        columns = info["select_fields"]
        self._own = slice(columns[0], columns[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._own]]
        # The stubs are a version ahead.
        self._related = get_related_populators(info, select, alias)  # type: ignore[call-arg]

    def model(self, row: Sequence[Any], alias: str) -> Any:
        # As django.db.models.query.ModelIterable does, with what it works out for each query.
        model = self._compiler.klass_info["model"]
        found = model.from_db(alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, found)
        for name, place in self._compiler.annotation_col_map.items():
            setattr(found, name, row[place])
        return found


def prepared_cursor(connection: BaseDatabaseWrapper) -> Any:
    """Return a cursor whose statements are prepared, where the database has such."""
    prepared = getattr(connection, "prepared_cursor", connection.cursor)
    return prepared()


def _sample(field: Any) -> Any:
    """Return a value that no other part of a query has."""
    kind = getattr(field, "target_field", field)
    return uuid.uuid4() if isinstance(kind, models.UUIDField) else uuid.uuid4().hex[:12]
