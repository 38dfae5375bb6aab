"""The pages that create a room."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.staff.decorators import staff_page
from access.values.identifiers import is_uuid
from rooms.changes.authors import author_of
from rooms.changes.validation import SETTINGS
from rooms.models import Room
from rooms.models.history import Channel
from rooms.pages.room.context import field_hints, summary_context
from rooms.pages.room.copies import copy_of, free_name
from rooms.pages.room.forms import NewRoomPageForm
from rooms.pages.room.preview import render_preview
from rooms.pages.room.visible import (
    page_methods,
    visible_projects,
    visible_room,
)
from rooms.pages.room.zone_choice import (
    ZoneChoice,
    in_chosen_zone,
    respond_in_zone,
    zone_choice,
)


@staff_page("rooms.view_room", "rooms.add_room")
@page_methods
def new_room(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_new_room(request, new_room_form(request, initial=_initial(request)))
    if choice := zone_choice(request.POST):
        return respond_in_zone(request, _form_in(choice, request), choice, _render_in_zone)
    form = new_room_form(request, request.POST)
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        if change is None:
            return render_new_room(request, form, status=422)
    messages.success(request, gettext("Room created."))
    return HttpResponseRedirect(reverse("room-page", args=[change.room.pk]))


def new_room_form(
    request: HttpRequest, data: QueryDict | None = None, **more: Any
) -> NewRoomPageForm:
    form = NewRoomPageForm(data, **more)
    form.fields["project"].queryset = visible_projects(request)
    return form


def _form_in(choice: ZoneChoice, request: HttpRequest) -> NewRoomPageForm:
    # The times of the copied room are stored ones.
    make = partial(new_room_form, request, initial=_initial(request))
    return in_chosen_zone(make, request.POST, choice)


def _render_in_zone(request: HttpRequest, form: NewRoomPageForm, **more: Any) -> HttpResponse:
    return render_new_room(request, form, **more)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return the initial data of a new room: a copy of another one, or the only project."""
    if not (source := request.GET.get("from")):
        first, *others = visible_projects(request)[:2] or [None]
        return {"project": first} if first and not others else {}
    room = visible_room(request, UUID(source)) if is_uuid(source) else None
    if room is None:
        raise Http404
    return copy_of(room, free_name(room))


def render_new_room(
    request: HttpRequest, form: NewRoomPageForm, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    first = {name: value for name, value in form.initial.items() if name in SETTINGS}
    shown = form.validate().room if form.is_bound else Room(**first)
    context = {
        "here": "rooms",
        "form": form,
        "may_change": True,
        "is_new": True,
        # A form that comes back still knows the room that it copies.
        "copied": f"?{request.GET.urlencode()}" if "from" in request.GET else "",
        "hints": field_hints(form, now),
        **summary_context(shown, None, now),
        **more,
    }
    return render(request, "rooms/room/detail.html", context, status=status)


@staff_page("rooms.view_room", "rooms.add_room")
@require_POST
def new_room_preview(request: HttpRequest) -> HttpResponse:
    choice = zone_choice(request.POST) if "rezone" in request.POST else None
    if choice:
        return respond_in_zone(request, _form_in(choice, request), choice, _render_preview)
    return _render_preview(request, new_room_form(request, request.POST))


def _render_preview(
    request: HttpRequest, form: NewRoomPageForm, status: int = 200, **more: Any
) -> HttpResponse:
    with timezone.override(form.time_zone):
        shown = form.validate().room
        # An empty field is no error before the form is sent.
        for name in ("name", "project"):
            if not form.data.get(name):
                form.errors.pop(name, None)
        return render_preview(request, form, shown, None, **more)
