"""Conditions to find the rows of a period."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Func, Subquery, Value

from access.values.timestamps import EARLIEST, LATEST


class Meets(Func):
    """The condition that the period from the first to the last of some times meets a span.

    Times that are null do not count; a row without any time meets nothing. PostgreSQL has an index
    on the period of rooms (room_period) and of ended sessions (roomsession_period).
    """

    output_field = models.BooleanField()

    def __init__(self, *names: str, start: datetime, end: datetime) -> None:
        super().__init__(*names, Value(start), Value(end))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        *columns, start, end = (compiler.compile(one) for one in self.source_expressions)
        names = [sql for sql, _ in columns]
        write = _with_ranges if connection.vendor == "postgresql" else _with_comparisons
        return write(names, start, end)


def _with_ranges(names: list[str], start: Any, end: Any) -> Any:
    columns = ", ".join(names)
    first, last = f"LEAST({columns})", f"GREATEST({columns})"
    span = f"tstzrange({start[0]}, {end[0]}, '[)')"
    # A range without ends would meet every span.
    condition = f"COALESCE({columns}) IS NOT NULL AND tstzrange({first}, {last}, '[]') && {span}"
    return _without_ended((condition, [*start[1], *end[1]]), first, last, start)


def _with_comparisons(names: list[str], start: Any, end: Any) -> Any:
    """Compare texts, as SQLite stores times; its min() and max() are null with a null."""
    first = ", ".join(f"COALESCE({name}, '{LATEST:%F %T}')" for name in names)
    last = ", ".join(f"COALESCE({name}, '{EARLIEST:%F %T}')" for name in names)
    condition = f"COALESCE({', '.join(names)}) IS NOT NULL AND MIN({first}) < {end[0]}"
    return _without_ended((condition, end[1]), f"MIN({first})", f"MAX({last})", start)


def _without_ended(found: Any, first: str, last: str, start: Any) -> Any:
    """Leave out a period that ends at the start of the span: the end is exclusive."""
    condition, parameters = found
    return (
        f"({condition} AND ({last} > {start[0]} OR {first} >= {start[0]}))",
        [*parameters, *start[1], *start[1]],
    )


class IsAmong(Func):
    """The condition that a column is among the values of a subquery.

    PostgreSQL reads the subquery first, and then each of these rows by the index of the column. For
    IN it may read the whole table instead, because it expects more rows than there are.
    """

    output_field = models.BooleanField()

    def __init__(self, name: str, values: Any) -> None:
        super().__init__(name, Subquery(values))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        (column, _none), (values, parameters) = map(compiler.compile, self.source_expressions)
        among = f"= ANY(ARRAY{values})" if connection.vendor == "postgresql" else f"IN {values}"
        return f"{column} {among}", parameters
