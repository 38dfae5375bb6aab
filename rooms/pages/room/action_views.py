"""The menu of a room: changes with one click, a copy for the next week, and the room's id.

A GET returns the page of the menu, or with htmx the menu alone, and changes nothing. A POST has
the version that the menu showed. If the room has another version, the menu is shown again with
the current one (409). A refusal shows the menu with the reason (422). In both cases, nothing
changes. A second POST of the same menu, as by a double click, changes nothing and has the result
of the first one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from access.staff.decorators import staff_page
from access.staff.times import time_text
from rooms.changes import Stale, change_room
from rooms.changes.authors import author_of
from rooms.changes.validation import Change, validate_change
from rooms.display.form_errors import refusal_in_words
from rooms.display.values import label
from rooms.models import Room
from rooms.models.history import Channel
from rooms.pages.room.copies import free_name, has_times, next_week_text, no_times
from rooms.pages.room.quick_changes import QUICK_CHANGES, QuickChange, repeated
from rooms.pages.room.views import require_permission
from rooms.pages.room.visible import page_methods, visible_room, visible_rooms
from rooms.pages.room_list.one_row import changed_row, list_address
from rooms.pages.undo import report_saved


@dataclass(frozen=True)
class MenuEntry:
    """A button of the menu: the times that it sets, or why it has nothing to do."""

    do: str
    label: Any
    words: str
    may_do: bool


@staff_page("rooms.view_room")
@page_methods
def room_actions(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = visible_room(request, room_id)
    if request.method != "POST":
        return render_menu(request, room)
    quick = QUICK_CHANGES.get(request.POST.get("do", ""))
    if quick is None:
        raise BadRequest(f"do must be one of {', '.join(QUICK_CHANGES)}.")
    require_permission(request, "rooms.change_room")
    return _change(request, room, quick)


def _change(request: HttpRequest, room: Room, quick: QuickChange) -> HttpResponse:
    seen = request.POST.get("version", "")
    try:
        change = change_room(
            visible_rooms(request),
            room.pk,
            quick.edit(timezone.now()),
            by=author_of(request, Channel.FORM),
            unless_stale=lambda found: str(found.version) == seen,
        )
    except Room.DoesNotExist:
        raise Http404 from None
    except Stale as stale:
        made = repeated(quick, stale.room, seen, request.user)
        return _changed(request, made) if made else render_stale_menu(request, stale.room)
    except ValidationError as refusal:
        return render_menu(request, room, 422, refusal=_reason(refusal))
    if not change.moved:
        return render_menu(request, room, 422, refusal=str(quick.needless))
    return _changed(request, change)


def _changed(request: HttpRequest, change: Change) -> HttpResponse:
    if list_address(request):
        return changed_row(request, change)
    report_saved(request, change)
    return HttpResponseRedirect(reverse("room-page", args=[change.room.pk]))


def render_stale_menu(request: HttpRequest, room: Room) -> HttpResponse:
    words = gettext(
        "Nothing was changed: another user changed this room after you opened the menu. "
        "The menu now shows the current times."
    )
    return render_menu(request, room, 409, refusal=words)


def render_menu(
    request: HttpRequest, room: Room, status: int = 200, refusal: str = ""
) -> HttpResponse:
    may_change = request.user.has_perm("rooms.change_room")
    context = {
        "here": "rooms",
        "room": room,
        "entries": list(_entries(room)) if may_change else [],
        "refusal": refusal,
        "is_in_list": bool(list_address(request)),
        **(_copy_context(room) if request.user.has_perm("rooms.add_room") else {}),
    }
    template = "rooms/room/_actions.html" if request.htmx else "rooms/room/actions.html"
    return render(request, template, context, status=status)


def _copy_context(room: Room) -> dict[str, Any]:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    if not has_times(room):
        return {"copy_text": no_times()}
    return {"copy_text": next_week_text(room, zone), "copy_name": free_name(room), "zone": zone}


def _entries(room: Room) -> Iterator[MenuEntry]:
    now = timezone.now()
    for do, quick in QUICK_CHANGES.items():
        try:
            moved = validate_change(room, quick.edit(now)).moved
        except ValidationError as refusal:
            yield MenuEntry(do, quick.label, _reason(refusal), may_do=False)
            continue
        times = (f"{label(name)}: {time_text(pair[1], now)}" for name, pair in moved.items())
        yield MenuEntry(do, quick.label, ", ".join(times) or quick.needless, may_do=bool(moved))


def _reason(refusal: ValidationError) -> str:
    faults = refusal_in_words(refusal).values()
    return " ".join(message for found in faults for one in found for message in one.messages)
