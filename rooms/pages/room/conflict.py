"""The page of a conflict: two users changed a room at the same time.

The page sends the whole form of the room at its new version. Fields without a conflict are
merged; each other field has the value that the user chose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from rooms.changes.conflicts import Difference
from rooms.changes.validation import FIELDS, SETTINGS, as_json
from rooms.display.values import label, value_text
from rooms.models.history import RoomChange
from rooms.pages.room.forms import RoomPageForm
from rooms.pages.room.wording import choices_text
from rooms.rules import fields

CHANGES_SHOWN = 10


@dataclass(frozen=True)
class ConflictRow:
    """One field: its values as texts, the form data of both, and the user whose value is kept."""

    name: str
    label: str
    base: str | None
    theirs: str | None
    yours: str | None
    send_theirs: str
    send_yours: str
    overlaps: bool
    is_yours: bool
    # The user chose their own value, but left out another choice.
    is_chosen: bool


def with_choices(data: QueryDict) -> QueryDict:
    """Return the data sent; if a choice is missing, as the data of the first attempt.

    Neither value is a default: the other one would be lost without a decision.
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
    """Render the conflict that `form` found, with status 409."""
    base, room = form.cleaned_data["version"], form.found
    rows = list(_rows(form))
    later = RoomChange.objects.filter(room_id=room.pk, version__gt=base)
    choices = [row for row in rows if row.overlaps]
    context = {
        "here": "rooms",
        "room": room,
        "form": form,
        "base": base,
        "choices": choices,
        "choices_text": choices_text(len(choices)),
        "merged": [row for row in rows if not row.overlaps],
        "hidden": list(_hidden(form)),
        "changes": later.order_by("-version")[:CHANGES_SHOWN],
        # This page sent the data, and a choice was missing.
        "is_asked_again": "choose" in request.POST,
    }
    return render(request, "rooms/room/conflict.html", context, status=409)


def _rows(form: RoomPageForm) -> Iterator[ConflictRow]:
    chosen = form.data.getlist("chosen")
    for name, one in form.conflict.items():
        words = (value_text(name, value) for value in (one.base, one.theirs, one.yours))
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
    """Yield the form data of each field that needs no choice."""
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
    """Return the form data of a value; None if a browser sends nothing, as for an empty box."""
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(FIELDS[name], fields.TimestampField):
        # The offset keeps the time unambiguous in every zone and when clocks change.
        return value or ""
    return form.fields[name].prepare_value(value)
