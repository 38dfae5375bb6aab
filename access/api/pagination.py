"""The pages of the API: page_size, page_number and page_token in; links and data out."""

import re
from typing import Any
from urllib.parse import quote, urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.keyset import Page, Position, fetched
from access.values.faults import fault
from access.values.identifiers import UUID_PATTERN

DEFAULT_SIZE, LARGEST_SIZE = 50, 1000
LARGEST_NUMBER = 2**31 - 1


class KeysetPagination(BasePagination):
    """page_size, page_number and page_token in; links and data out (contract.md, section 5)."""

    # Reads the rows of a page.
    fetch = staticmethod(fetched)

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None):
        self.request = request
        self.size, self.number, position = _read_page(request)
        try:
            self.page = Page.of(queryset, position, self.size, self.fetch)
        except ValueError as wrong:
            raise _bad_token() from wrong
        return self.page.rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        links = {"self": self._link(), "first": self._link(page_number=0, page_token=None)}
        if self.page.after:
            links["next"] = self._link(page_number=self.number + 1, page_token=self.page.after)
        if self.page.before:
            number = max(self.number - 1, 0)
            links["prev"] = self._link(page_number=number, page_token=self.page.before)
        return Response({"links": links, "data": data})

    def _link(self, **changed: Any) -> str:
        # Without scheme and host, as in the reference: its scripts join the host and the link.
        if not changed:
            return str(self.request.get_full_path())
        kept = [
            (name, value)
            for name, values in self.request.query_params.lists()
            if name not in ("page_number", "page_token", "page_size")
            for value in values
        ]
        page = {"page_number": changed["page_number"], "page_size": self.size}
        if changed["page_token"]:
            page["page_token"] = changed["page_token"]
        return f"{quote(self.request.path)}?{urlencode([*kept, *page.items()])}"

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(
                "page_size",
                "The number of rows per page.",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
            ),
            _parameter(
                "page_number",
                "The number of the page, from 0. Above 0, page_token is required.",
                {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER, "default": 0},
            ),
            _parameter(
                "page_token",
                "The position of a page, from links.next or links.prev.",
                {"type": "string", "pattern": rf"^(PA|PB){UUID_PATTERN}(\.[A-Za-z0-9_-]*)?$"},
            )
            | {"allowEmptyValue": True},
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {
            "type": "string",
            "format": "uri-reference",
            "description": "Path and query, without the host.",
            "examples": ["/api/video/rooms?page_number=0&page_size=50"],
        }
        links = dict.fromkeys(("self", "first", "next", "prev"), link)
        return {
            "type": "object",
            "required": ["links", "data"],
            "properties": {
                "links": {"type": "object", "required": ["self", "first"], "properties": links},
                "data": schema,
            },
        }


def whole_number(
    query: Any,
    name: str,
    default: int,
    limits: tuple[int, int],
    faults: dict[str, ValidationError],
) -> int:
    """Return a whole number of the query, or add a fault and return the default."""
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
    size = whole_number(query, "page_size", DEFAULT_SIZE, (1, LARGEST_SIZE), faults)
    number = whole_number(query, "page_number", 0, (0, LARGEST_NUMBER), faults)
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


def _bad_token() -> ValidationError:
    return ValidationError(
        {
            "page_token": ValidationError(
                "page_token is invalid: take it from links.next or links.prev of this list.",
                code="page_token_is_invalid",
            )
        }
    )
