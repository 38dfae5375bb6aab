"""The page of a conflict: what someone else saved meanwhile, and what to make of it.

What it sends is the room's form again, whole and at the new version: what does not overlap is
merged into it, and each field that overlaps comes as the one of two values that was chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from rooms.changes.conflicts import Difference
from rooms.changes.validation import FIELDS, SETTINGS, as_json
from rooms.display.values import label, time_in_words
from rooms.models.history import RoomChange
from rooms.pages.room.forms import RoomPageForm
from rooms.rules import fields

CHANGES_SHOWN = 10


@dataclass(frozen=True)
class ConflictRow:
    """One field, in words; what a form sends for either value; whose value it has when merged."""

    name: str
    label: str
    base: str | None
    theirs: str | None
    yours: str | None
    send_theirs: str
    send_yours: str
    overlaps: bool
    is_yours: bool
    # Yours was chosen already, and another choice was left out.
    is_chosen: bool


def with_choices(data: QueryDict) -> QueryDict:
    """Return what was sent; where a choice was left out, as it was when it was asked for.

    Nobody's value is taken by default: either would be lost without anybody having said so.
    """
    asked = [name for name in data.getlist("choose") if name in SETTINGS]
    if all(name in data for name in asked):
        return data
    data = data.copy()
    data["version"] = data.get("base", "")
    data.setlist("chosen", [name for name in asked if name in data])
    for name in asked:
        data.setdefault(name, data.get(f"yours_{name}", ""))
    return data


def conflict_page(request: HttpRequest, form: RoomPageForm) -> HttpResponse:
    """Show the conflict that `form` ran into; status 409."""
    base, room = form.cleaned_data["version"], form.found
    rows = list(_rows(form))
    later = RoomChange.objects.filter(room_id=room.pk, version__gt=base)
    context = {
        "here": "rooms",
        "room": room,
        "form": form,
        "base": base,
        "choices": [row for row in rows if row.overlaps],
        "merged": [row for row in rows if not row.overlaps],
        "hidden": list(_hidden(form)),
        "changes": later.order_by("-version")[:CHANGES_SHOWN],
        # Sent from this very page, with a choice left out.
        "is_asked_again": "choose" in request.POST,
    }
    return render(request, "rooms/room/conflict.html", context, status=409)


def _rows(form: RoomPageForm) -> Iterator[ConflictRow]:
    chosen = form.data.getlist("chosen")
    for name, one in form.conflict.items():
        words = (time_in_words(name, value) for value in (one.base, one.theirs, one.yours))
        yield ConflictRow(
            name,
            label(name),
            *words,
            _sent(form, name, one.theirs) or "",
            _sent(form, name, one.yours) or "",
            one.overlaps,
            one.is_yours,
            name in chosen,
        )


def _hidden(form: RoomPageForm) -> Iterator[tuple[str, str]]:
    """Yield what the form sends for each field that needs no choice."""
    for name in SETTINGS:
        one = form.conflict.get(name) or _unmoved(form, name)
        if not one.overlaps:
            text = _sent(form, name, one.yours if one.is_yours else one.theirs)
            if text is not None:
                yield name, text


def _unmoved(form: RoomPageForm, name: str) -> Difference:
    now = as_json(name, (getattr(form.found, name),))[0]
    return Difference(now, now, now)


def _sent(form: RoomPageForm, name: str, value: Any) -> str | None:
    """Return what a browser sends for a value; None for nothing, as of an empty box."""
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(FIELDS[name], fields.TimestampField):
        # With its offset: it means the same in every zone, and on every night.
        return value or ""
    return form.fields[name].prepare_value(value)
