"""The form that replaces a row of the list: capacity and times of one room.

It is the form of the room's page with fewer fields. The page itself takes over if the form cannot
show what the user needs to decide: a conflict with another user, a time that occurs twice, or an
error of another kind. The answer is then 409, and the script sends the same form to the page.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from access.staff.decorators import staff_page
from rooms.changes.authors import author_of
from rooms.models import Room
from rooms.models.history import Channel
from rooms.pages.room.forms import RoomPageForm
from rooms.pages.room.visible import page_methods, visible_room
from rooms.pages.room_list.one_row import changed_row, row_context
from rooms.rules.join_policy import SCHEDULE

EDITED = ("max_members", *SCHEDULE)


@staff_page("rooms.view_room", "rooms.change_room")
@page_methods
def row_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = visible_room(request, room_id)
    if request.method == "POST":
        return _save(request, room)
    page = reverse("room-page", args=[room.pk])
    if not request.htmx:
        return HttpResponseRedirect(page)
    form = _row_form(room)
    return HttpResponseClientRedirect(page) if _is_twice(form) else _render(request, room, form)


def _save(request: HttpRequest, room: Room) -> HttpResponse:
    form = _row_form(room, request.POST)
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        if change is None and (form.found or form.errors.keys() - {*EDITED} or _is_twice(form)):
            return HttpResponse(status=409)
        if change is None:
            return _render(request, room, form, status=422)
    return changed_row(request, change)


def _row_form(room: Room, data: Any = None) -> RoomPageForm:
    """Return the form whose inputs belong to the <form> with the id edit-ID."""
    name = f"edit-{room.pk}"
    form = RoomPageForm(data, instance=room, auto_id=f"{name}-%s")
    for field in (*EDITED, "version", "zone"):
        attributes = form.fields[field].widget.attrs
        attributes["form"] = name
        attributes["aria-describedby"] = f"{name}-{field}-errors"
    return form


def _is_twice(form: RoomPageForm) -> bool:
    now = timezone.now()
    return any(form.hint_for(name, now).choices for name in SCHEDULE)


def _render(
    request: HttpRequest, room: Room, form: RoomPageForm, status: int = 200
) -> HttpResponse:
    context = row_context(request, room.pk)
    # The cells that the form replaces: the menu and the box belong to no column.
    columns = len({*context["shows"], "name"}) + 1 + context["may_pick"]
    url = reverse("room-page", args=[room.pk])
    more = {
        "room": room,
        "url": url,
        "form": form,
        "fields": [form[name] for name in EDITED],
        "columns": columns,
    }
    return render(request, "rooms/list/_edit_row.html", {**context, **more}, status=status)
