"""Strict parsers of bodies: ambiguous or malformed bodies are refused."""

import json
import re
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from access.api.forms import with_whole_fields
from access.values.json_objects import without_duplicates
from access.values.numbers import read_float, read_integer

DEEPEST = 32
MOST_FORM_FIELDS = 100
# curl --data sends this media type unless the command names another one.
IS_JSON = "The body is JSON: send it with Content-Type: application/json."
_JSON_AS_FORM = re.compile(rb"(?:\s|\+|%20|%0[AD])*(?:\{|%7B)", re.IGNORECASE)
TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"


class FormData(dict[str, str]):
    """The fields of a form-encoded body, all of them text that is parsed later."""


class StrictJsonParser(BaseParser):
    """Parses RFC 8259 only: UTF-8, no duplicate keys, no NaN, an object, at most 32 levels."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = read_json(stream.read().decode("utf-8"))
        except ValueError as wrong:
            raise ParseError(f"The body cannot be read as JSON: {_printable(wrong)}.") from None
        if not isinstance(data, dict):
            raise ParseError("The body must be a JSON object.")
        return data


class StrictFormParser(BaseParser):
    """Parses a form-encoded body, as the official request collection sends it."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read()
        if _JSON_AS_FORM.match(body):
            raise UnsupportedMediaType(self.media_type, IS_JSON)
        shapes = parser_context["view"].form_shapes
        try:
            pairs = with_whole_fields(_pairs(body.decode("ascii")), shapes)
            return FormData(without_duplicates(pairs))
        except ValueError as wrong:
            raise ParseError(f"The body is not form-encoded: {_printable(wrong)}.") from None


def read_json(text: str) -> Any:
    """Return the value of a JSON text, as strict as StrictJsonParser. Raises ValueError."""
    try:
        data = _DECODER.decode(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    _check_depth(data)
    return data


def _pairs(text: str) -> list[tuple[str, str]]:
    # Python would keep a % that does not begin an escape.
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise ValueError("a % in it is not followed by two hexadecimal digits")
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FORM_FIELDS)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=without_duplicates,
    parse_constant=_refuse,
    parse_float=read_float,
    parse_int=read_integer,
)


def _check_depth(data: Any) -> None:
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(TOO_DEEP)
        containers = [item for item in level if isinstance(item, (dict, list))]
        level = [
            child
            for item in containers
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]


def _printable(error: ValueError) -> str:
    return ascii(str(error))[1:-1][:200]
