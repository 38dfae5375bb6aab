"""Keyset pages: a token is a position, so a page costs the same anywhere and nothing shifts."""

import base64
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import AutoField, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from access.identifiers import UUID_PATTERN
from config.errors import base_url
from rooms.rules import fault

DEFAULT_SIZE, LARGEST_SIZE = 50, 1000
LARGEST_NUMBER = 2**31 - 1
AFTER, BEFORE = "PA", "PB"

_TOKEN = re.compile(rf"(PA|PB)({UUID_PATTERN})(?:\.([A-Za-z0-9_-]*))?\Z")


@dataclass(frozen=True)
class Position:
    """A place between two rows: beside the row `id`, whose ordering value is `value`."""

    direction: str
    id: UUID
    value: str | None = None

    @classmethod
    def read(cls, token: str) -> "Position":
        """Return the position that a token names; raises ValueError."""
        match = _TOKEN.match(token)
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
    """An order of rows: by `field`, which is never null, and then by id."""

    field: str = "id"
    descending: bool = True
    is_numbered: bool = False

    @classmethod
    def of(cls, queryset: QuerySet[Any]) -> "Ordering":
        first = queryset.query.order_by[0] if queryset.query.order_by else "-id"
        numbered = isinstance(queryset.model._meta.pk, AutoField)
        return cls(first.lstrip("-"), first.startswith("-"), numbered)

    def names(self, *, backwards: bool) -> list[str]:
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{name}" for name in dict.fromkeys((self.field, "id"))]

    def beyond(self, position: Position) -> Q:
        """Return the rows after a position, or before it; raises ValueError for another order's."""
        if (position.value is None) != (self.field == "id"):
            raise ValueError(position)
        down = self.descending == (position.direction == AFTER)
        word = "lt" if down else "gt"
        by_id = Q((f"id__{word}", self.key(position)))
        if self.field == "id":
            return by_id
        # Both halves bound the field, so that an index on it serves.
        return Q((f"{self.field}__{word}e", position.value)) & (
            Q((f"{self.field}__{word}", position.value)) | by_id
        )

    def key(self, position: Position) -> UUID | int:
        return position.id.int if self.is_numbered else position.id

    def beside(self, row: Any, direction: str) -> Position:
        # Rows that are numbered write their number as a UUID does: in hexadecimal.
        key = UUID(int=row.pk) if self.is_numbered else row.pk
        if self.field == "id":
            return Position(direction, key)
        value = getattr(row, self.field)
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return Position(direction, key, text)


class KeysetPagination(BasePagination):
    """page_size, page_number and page_token in; links and data out (contract.md, section 5)."""

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None):
        self.request = request
        self.size, self.number, self.position = _read_page(request)
        ordering = Ordering.of(queryset)
        try:
            rows = self._rows(queryset, ordering)
        except (ValidationError, ValueError) as wrong:
            # The token's value is not one of this ordering's field.
            raise _bad_token() from wrong
        self.first = ordering.beside(rows[0], BEFORE) if rows else None
        self.last = ordering.beside(rows[-1], AFTER) if rows else None
        return rows

    def _rows(self, queryset: QuerySet[Any], ordering: Ordering) -> list[Any]:
        backwards = self.position is not None and self.position.direction == BEFORE
        if self.position:
            queryset = queryset.filter(ordering.beyond(self.position))
        # One more than asked tells whether there is another page, without a count.
        rows = list(queryset.order_by(*ordering.names(backwards=backwards))[: self.size + 1])
        more = len(rows) > self.size
        rows = rows[: self.size]
        if backwards:
            self.has_next, self.has_prev = True, more
            return rows[::-1]
        self.has_next, self.has_prev = more, self.position is not None
        return rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        links = {"self": self._link(), "first": self._link(page_number=0, page_token=None)}
        if self.has_next and self.last:
            links["next"] = self._link(page_number=self.number + 1, page_token=self.last)
        if self.has_prev and self.first:
            links["prev"] = self._link(page_number=max(self.number - 1, 0), page_token=self.first)
        return Response({"links": links, "data": data})

    def _link(self, **changed: Any) -> str:
        here = base_url(self.request) + self.request.path
        if not changed:
            query = self.request.META.get("QUERY_STRING", "")
            return f"{here}?{query}" if query else here
        kept = [
            (name, value)
            for name, values in self.request.query_params.lists()
            if name not in ("page_number", "page_token", "page_size")
            for value in values
        ]
        page = {"page_number": changed["page_number"], "page_size": self.size}
        if changed["page_token"]:
            page["page_token"] = changed["page_token"]
        return f"{here}?{urlencode([*kept, *page.items()])}"

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(
                "page_size",
                "How many on a page.",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
            ),
            _parameter(
                "page_number",
                "Which page, counted from 0; above 0 with the page_token of a link.",
                {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER, "default": 0},
            ),
            _parameter(
                "page_token",
                "A position, from links.next or links.prev.",
                {"type": "string", "pattern": rf"^(PA|PB){UUID_PATTERN}(\.[A-Za-z0-9_-]*)?$"},
            )
            | {"allowEmptyValue": True},
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri"}
        links = dict.fromkeys(("self", "first", "next", "prev"), link)
        return {
            "type": "object",
            "required": ["links", "data"],
            "properties": {
                "links": {"type": "object", "required": ["self", "first"], "properties": links},
                "data": schema,
            },
        }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def _read_page(request: Request) -> tuple[int, int, Position | None]:
    faults: dict[str, ValidationError] = {}
    query = request.query_params
    size = _whole_number(query, "page_size", DEFAULT_SIZE, (1, LARGEST_SIZE), faults)
    number = _whole_number(query, "page_number", 0, (0, LARGEST_NUMBER), faults)
    token = query.get("page_token", "")
    position = None
    if token:
        try:
            position = Position.read(token)
        except ValueError:
            faults |= _bad_token().error_dict
    elif number > 0:
        faults["page_token"] = ValidationError(
            "page_token is required when page_number is above 0: follow links.next.",
            code="page_token_required",
        )
    if faults:
        raise ValidationError(faults)
    return size, number, position


def _whole_number(
    query: Any,
    name: str,
    default: int,
    limits: tuple[int, int],
    faults: dict[str, ValidationError],
) -> int:
    text = query.get(name)
    if text is None:
        return default
    low, high = limits
    rule = f"must be a whole number from {low} to {high}"
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        faults[name] = fault(name, "not_an_integer", rule, text)
    elif not low <= int(text) <= high:
        faults[name] = fault(name, "invalid_parameter", rule, int(text))
    else:
        return int(text)
    return default


def _bad_token() -> ValidationError:
    return ValidationError(
        {
            "page_token": ValidationError(
                "page_token is not one of ours: take it from links.next or links.prev.",
                code="page_token_is_invalid",
            )
        }
    )
