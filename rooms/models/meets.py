"""The condition that the period of a row meets another period."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Func, Value

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
