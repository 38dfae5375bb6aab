"""Queries that the ORM writes once, and that then cost what the database and its driver cost.

To write the SQL of one room takes the ORM longer than to find the room takes PostgreSQL. These
are written at their first use and kept. The statement is still the ORM's own: a new column or
join is added in one place.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)
Other = TypeVar("Other", bound=models.Model)


class _CachedQuery:
    """The SQL of one query, kept for each database.

    `build` makes the query set from a value for each of `fields`. It is called once for a
    database, with values that stand for all others: nothing else in the query depends on them.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], *fields: Any) -> None:
        self._build = build
        self._fields = fields
        self._statements: dict[str, _Statement] = {}

    def written(self, connection: BaseDatabaseWrapper) -> "_Statement":
        """Return the query as it is sent to this database."""
        statement = self._statements.get(connection.alias)
        if statement is None:
            statement = _Statement(self._build, self._fields, connection)
            self._statements[connection.alias] = statement
        return statement


class PreparedQuery(_CachedQuery, Generic[Row]):
    """A query for one row, as a model, by the values of some fields."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]], *fields: Any) -> None:
        super().__init__(lambda *values: build(*values)[:1], *fields)

    def first(self, *values: Any, using: str = "default") -> Row | None:
        """Return the first row that the query finds for these values, or None."""
        connection = connections[using]
        statement = self.written(connection)
        rows = _all(statement.sql, statement.bound(values, connection), connection)
        found: Row | None = statement.model(rows[0], connection) if rows else None
        return found


class PreparedModelsQuery(_CachedQuery, Generic[Row]):
    """A query for rows, as models, by the values of some fields."""

    def all(self, *values: Any, using: str = "default") -> list[Row]:
        """Return the rows that the query finds for these values."""
        connection = connections[using]
        statement = self.written(connection)
        rows = _all(statement.sql, statement.bound(values, connection), connection)
        return [statement.model(row, connection) for row in rows]


class PreparedRowsQuery(_CachedQuery):
    """A query for rows without models, by the values of some fields: of values_list()."""

    def all(self, *values: Any, using: str = "default") -> list[Sequence[Any]]:
        """Return the rows that the query finds for these values."""
        connection = connections[using]
        statement = self.written(connection)
        rows = _all(statement.sql, statement.bound(values, connection), connection)
        return statement.converted(rows)


class JoinedQuery(Generic[Row, Other]):
    """Two such queries in one statement: the row that the one finds, and with it the other's.

    The other's first value is a column of the row that the one finds. PostgreSQL only: SQLite
    knows no LATERAL.
    """

    def __init__(self, one: PreparedQuery[Row], column: str, other: PreparedQuery[Other]) -> None:
        self._one, self._column, self._other = one, column, other
        self._sql: dict[str, str] = {}

    def first(
        self, value: Any, *others: Any, using: str = "default"
    ) -> tuple[Row | None, Other | None]:
        """Return the row of the one for `value`, and of the other for that row and `others`."""
        connection = connections[using]
        one, other = self._one.written(connection), self._other.written(connection)
        sql = self._sql.get(using) or self._written(one, other, using)
        parameters = one.bound([value], connection) + other.bound(others, connection, given=1)
        rows = _all(sql, parameters, connection)
        if not rows:
            return None, None
        rest = rows[0][one.width :]
        found = other.model(rest, connection) if other.is_in(rest) else None
        return one.model(rows[0], connection), found

    def _written(self, one: "_Statement", other: "_Statement", using: str) -> str:
        beside = other.with_first(f"one.{self._column}")
        sql = f"SELECT * FROM ({one.sql}) one LEFT JOIN LATERAL ({beside}) other ON true"  # noqa: S608
        self._sql[using] = sql
        return sql


class _Statement:
    """The SQL of one query, where its values go, and how a row of it becomes a model."""

    def __init__(self, build: Any, fields: Sequence[Any], connection: BaseDatabaseWrapper) -> None:
        self._fields = fields
        samples = [_sample(field) for field in fields]
        query = build(*samples).query
        self._compiler = query.get_compiler(connection=connection)
        self.sql, self._parameters = self._compiler.as_sql()
        stands_for = [
            field.get_db_prep_value(sample, connection)
            for field, sample in zip(fields, samples, strict=True)
        ]
        self._places = [
            (place, stands_for.index(value))
            for place, value in enumerate(self._parameters)
            if value in stands_for
        ]
        self._read_columns(connection.alias)

    def bound(
        self, values: Sequence[Any], connection: BaseDatabaseWrapper, given: int = 0
    ) -> list[Any]:
        """Return the parameters for the values of all fields but the first `given`."""
        prepared = [
            field.get_db_prep_value(value, connection)
            for field, value in zip(self._fields[given:], values, strict=True)
        ]
        parameters = list(self._parameters)
        # Backwards, because given values are removed.
        for place, which in reversed(self._places):
            if which < given:
                del parameters[place]
            else:
                parameters[place] = prepared[which - given]
        return parameters

    def with_first(self, expression: str) -> str:
        """Return the SQL with an expression in the place of the first field's value."""
        instead = {place for place, which in self._places if which == 0}
        texts = self.sql.split("%s")
        places = ["%s" if place not in instead else expression for place in range(len(texts) - 1)]
        return "".join(chain.from_iterable(zip(texts, [*places, ""], strict=True)))

    def is_in(self, row: Sequence[Any]) -> bool:
        """Say whether there is a row of this query in what an outer join found."""
        return row[self._key] is not None

    def converted(self, rows: list[Any]) -> list[Any]:
        """Return the rows with the values that the fields make of the database's."""
        if self._converters:
            return list(self._compiler.apply_converters(rows, self._converters))
        return rows

    def _read_columns(self, alias: str) -> None:
        select, info = self._compiler.select, self._compiler.klass_info
        self._converters = self._compiler.get_converters([column[0] for column in select])
        if info is None or self._compiler.query.values_select:
            # The rows of values_list() are no models.
            return
        columns = info["select_fields"]
        self._own = slice(columns[0], columns[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._own]]
        self._key = self._own.start + self._names.index(self._compiler.query.model._meta.pk.attname)
        self.width = len(select)
        # The stubs are a version ahead.
        self._related = get_related_populators(info, select, alias)  # type: ignore[call-arg]

    def model(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        # As django.db.models.query.ModelIterable does, with what it works out for each query.
        [row] = self.converted([row])
        model = self._compiler.klass_info["model"]
        values = dict(zip(self._names, row[self._own], strict=True))
        found = _as_model(model, values, connection.alias)
        for related in self._related:
            related.populate(row, found)
        for name, place in self._compiler.annotation_col_map.items():
            setattr(found, name, row[place])
        return found


def _as_model(model: type[models.Model], values: dict[str, Any], alias: str) -> Any:
    # As Model.from_db does, without looking at each field and asking who listens.
    found = model.__new__(model)
    found.__dict__ = values
    found._state = ModelState()
    found._state.adding, found._state.db = False, alias
    return found


def _all(sql: str, parameters: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    with prepared_cursor(connection) as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


def prepared_cursor(connection: BaseDatabaseWrapper) -> Any:
    """Return a cursor whose statements are prepared, where the database has such."""
    prepared = getattr(connection, "prepared_cursor", connection.cursor)
    return prepared()


def _sample(field: Any) -> Any:
    """Return a value that no other part of a query has."""
    kind = getattr(field, "target_field", field)
    if isinstance(kind, models.IntegerField):
        # Positive, and within 32 bits.
        return uuid.uuid4().int >> 98
    if isinstance(kind, models.DateTimeField):
        return datetime.fromtimestamp(uuid.uuid4().int >> 92, UTC)
    return uuid.uuid4() if isinstance(kind, models.UUIDField) else uuid.uuid4().hex[:12]
