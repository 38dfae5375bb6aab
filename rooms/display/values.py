"""Labels of settings, and the values of history and previews as texts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from access.staff.times import time_text, time_texts
from access.values.timestamps import parse_timestamp
from rooms.changes.validation import FIELDS, WRITABLE
from rooms.display.times import span
from rooms.rules import fields


@dataclass(frozen=True)
class Moved:
    """A changed field: its label, and its value before and after.

    The values are texts in the active zone and language, or None for no value.
    """

    name: str
    label: str
    before: str | None
    after: str | None


def moved(changes: Mapping[str, Any]) -> list[Moved]:
    """Return the fields of {name: [before, after]} (JSON values) in the order of the form."""
    return [Moved(name, label(name), *_texts(name, *changes[name])) for name in in_order(changes)]


def _texts(name: str, before: Any, after: Any) -> tuple[str | None, str | None]:
    texts = value_text(name, before), value_text(name, after)
    is_time = isinstance(FIELDS.get(name), fields.TimestampField)
    if texts[0] != texts[1] or None in texts or not is_time:
        return texts
    # The two times differ in seconds.
    first, second = time_texts([parse_timestamp(before), parse_timestamp(after)])
    return first, second


def in_order(changes: Mapping[str, Any]) -> list[str]:
    """Return the names of changed fields in the order of the form."""
    # PostgreSQL reorders the keys of JSON objects, and history may name removed fields.
    former = [name for name in changes if name not in WRITABLE]
    return [*(name for name in WRITABLE if name in changes), *former]


def label(name: str) -> str:
    """Return the label of the field `name`; the name itself for an unknown field."""
    return _labels(get_language())[name] if name in FIELDS else name


label_lazy = lazy(label, str)


# A page of history shows hundreds of labels.
@cache
def _labels(_language: str | None) -> dict[str, str]:
    return {name: str(capfirst(field.verbose_name)) for name, field in FIELDS.items()}


@cache
def _choices(name: str, _language: str | None) -> dict[str, str]:
    return {value: str(words) for value, words in FIELDS[name].choices}


def value_text(name: str, value: Any) -> str | None:
    """Return a field's JSON value as text; None for no value."""
    if value is None:
        return None
    field = FIELDS.get(name)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, fields.TimestampField):
        return _moment(value)
    if isinstance(field, fields.StrictChoiceField):
        return _choices(name, get_language()).get(value, str(value))
    if name == "remove_after_seconds_elapsed" and isinstance(value, int) and value >= 60:
        return f"{value} s ({span(timedelta(seconds=value))})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class TimeValue(str):
    """The text of a time, with the time for the tooltip of a page."""

    moment: datetime


def _moment(value: Any) -> str:
    try:
        moment = parse_timestamp(value)
    except (TypeError, ValueError):
        return str(value)
    text = TimeValue(time_text(moment))
    text.moment = moment
    return text
