"""The active filters of a list, each with the address of the list without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from access.staff.days import date_text


@dataclass(frozen=True)
class Chip:
    """An active filter, and the address without it."""

    text: str
    url: str


def chips_of(request: HttpRequest, form: Any, **words: str) -> list[Chip]:
    """Return the chips of the valid fields of `form`; `words` are texts of their own by field."""
    return list(_chips(request, form, words))


def _chips(request: HttpRequest, form: Any, words: dict[str, str]) -> Iterator[Chip]:
    for name, value in form.cleaned_data.items():
        if value:
            text = words.get(name) or _text(form.fields[name], value)
            yield Chip(f"{form.fields[name].label}: {text}", _without(request, name))


def _text(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return date_text(value, timezone.localdate())
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    for dropped in (name, "page"):
        query.pop(dropped, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
