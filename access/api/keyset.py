"""Keyset pages: a token is a position, so every page costs the same and no row is repeated."""

import base64
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, IntegerField, Q, QuerySet

from access.values.identifiers import UUID_PATTERN
from access.values.timestamps import parse_timestamp

AFTER, BEFORE = "PA", "PB"
# The format of a token, also in the OpenAPI document.
TOKEN_PATTERN = rf"(PA|PB)({UUID_PATTERN})(?:\.([A-Za-z0-9_-]*))?"


@dataclass(frozen=True)
class Position:
    """A position next to the row `id`, whose ordering value is `value`."""

    direction: str
    id: UUID
    value: str | None = None

    @classmethod
    def read(cls, token: str) -> "Position":
        """Return the position of a token. Raises ValueError."""
        match = re.fullmatch(TOKEN_PATTERN, token)
        if not match:
            raise ValueError(token)
        encoded = match[3]
        value = None if encoded is None else base64.urlsafe_b64decode(encoded + "==").decode()
        if value is not None and "\x00" in value:
            raise ValueError(token)
        return cls(match[1], UUID(match[2]), value)

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.direction}{self.id}"
        encoded = base64.urlsafe_b64encode(self.value.encode()).decode().rstrip("=")
        return f"{self.direction}{self.id}.{encoded}"


@dataclass(frozen=True)
class Ordering:
    """An order of rows: by `field`, which has no nulls, and then by id."""

    field: str = "id"
    descending: bool = True
    is_numbered: bool = False
    is_time: bool = False

    @classmethod
    def of(cls, queryset: QuerySet[Any]) -> "Ordering":
        order = queryset.query.order_by
        first = order[0] if order else "-id"
        name, numbered = first.lstrip("-"), isinstance(queryset.model._meta.pk, IntegerField)
        is_time = isinstance(_output_field(queryset, name), DateTimeField)
        return cls(name, first.startswith("-"), numbered, is_time)

    def names(self, *, backwards: bool) -> list[str]:
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{name}" for name in dict.fromkeys((self.field, "id"))]

    def beyond(self, position: Position) -> Q:
        """Return the condition for rows beyond a position. Raises ValueError for another order."""
        if (position.value is None) != (self.field == "id"):
            raise ValueError(position)
        down = self.descending == (position.direction == AFTER)
        word = "lt" if down else "gt"
        by_id = Q((f"id__{word}", self.key(position)))
        if self.field == "id":
            return by_id
        value = self._value(position)
        # Both parts limit the field, so that an index on it is used.
        return Q((f"{self.field}__{word}e", value)) & (Q((f"{self.field}__{word}", value)) | by_id)

    def _value(self, position: Position) -> Any:
        if self.is_time and position.value is not None:
            return parse_timestamp(position.value, to_microsecond=True)
        return position.value

    def key(self, position: Position) -> UUID | int:
        return position.id.int if self.is_numbered else position.id

    def beside(self, row: Any, direction: str) -> Position:
        # A token has the number of a numbered row in the format of a UUID.
        key = UUID(int=row.id) if self.is_numbered else row.id
        if self.field == "id":
            return Position(direction, key)
        value = getattr(row, self.field)
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return Position(direction, key, text)


def _output_field(queryset: QuerySet[Any], name: str) -> Any:
    annotation, meta = queryset.query.annotations.get(name), queryset.model._meta
    if annotation is not None:
        return annotation.output_field
    return meta.pk if name == "pk" else meta.get_field(name)


def fetched(
    queryset: QuerySet[Any], ordering: Ordering, position: Position | None, most: int
) -> list[Any]:
    """Return the first rows beyond a position, or of the whole list, with one statement."""
    return list(placed(queryset, ordering, position)[:most])


def placed(queryset: QuerySet[Any], ordering: Ordering, position: Position | None) -> QuerySet[Any]:
    """Return the rows beyond a position, nearest first. Raises ValueError for another order."""
    if position:
        queryset = queryset.filter(ordering.beyond(position))
    return queryset.order_by(*ordering.names(backwards=_is_backwards(position)))


def _is_backwards(position: Position | None) -> bool:
    return position is not None and position.direction == BEFORE


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the positions of the pages before and after, if they exist."""

    rows: list[Any]
    before: Position | None
    after: Position | None

    @classmethod
    def of(
        cls, queryset: QuerySet[Any], position: Position | None, size: int, fetch: Any = fetched
    ) -> "Page":
        """Return the page of `queryset` at `position`, the first one for None.

        `fetch` reads it with one statement. Raises ValueError for a position of another ordering.
        """
        ordering = Ordering.of(queryset)
        try:
            # One row more than the page shows whether there is another page, without a count.
            rows = fetch(queryset, ordering, position, size + 1)
        except ValidationError as wrong:
            # The value of the token is not valid for the field of this ordering.
            raise ValueError(position) from wrong
        more, rows = len(rows) > size, rows[:size]
        backwards = _is_backwards(position)
        if backwards:
            rows = rows[::-1]
        has_before = more if backwards else position is not None
        has_after = backwards or more
        return cls(
            rows,
            ordering.beside(rows[0], BEFORE) if rows and has_before else None,
            ordering.beside(rows[-1], AFTER) if rows and has_after else None,
        )
