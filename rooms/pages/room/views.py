"""The page of a room: show, preview and save."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.http.errors import base_url
from access.staff.decorators import staff_page
from rooms.changes.authors import author_of
from rooms.models import Room
from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.room.answer import QuestionForm, question_context
from rooms.pages.room.conflict import conflict_page, with_choices
from rooms.pages.room.context import field_hints, summary_context
from rooms.pages.room.forms import RoomPageForm, as_curl
from rooms.pages.room.new_views import new_room_form, render_new_room
from rooms.pages.room.preview import render_preview
from rooms.pages.room.visible import (
    find_visible_room,
    page_methods,
    visible_projects,
    visible_room,
)
from rooms.pages.room.wording import people_inside_text
from rooms.pages.room.zone_choice import (
    ZoneChoice,
    in_chosen_zone,
    respond_in_zone,
    zone_choice,
)
from rooms.pages.undo import report_saved


@staff_page("rooms.view_room")
@page_methods
def room_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = find_visible_room(request, room_id)
    if request.method == "POST":
        return _save(request, room) if room else _room_is_deleted(request, room_id)
    if room is None:
        raise Http404
    question = QuestionForm(request.GET if "at" in request.GET else None)
    with timezone.override(question.time_zone):
        status = 422 if question.errors else 200
        return render_room(request, room, RoomPageForm(instance=room), status, question=question)


def _room_is_deleted(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Offer to create a new room from the data for a deleted room; status 409."""
    seen = RoomChange.objects.filter(project_id__in=visible_projects(request).values("pk"))
    last = seen.filter(room_id=room_id, action=Action.DELETED).first()
    if last is None or not request.user.has_perm("rooms.add_room"):
        raise Http404
    data = request.POST.copy()
    data["name"], data["project"] = last.room_name, str(last.project_id)
    form = new_room_form(request, data)
    with timezone.override(form.time_zone):
        form.is_valid()
        words = gettext(
            "Another user deleted this room. You can create a new room from these settings."
        )
        form.add_error(None, words)
        return render_new_room(request, form, status=409)


def _save(request: HttpRequest, room: Room) -> HttpResponse:
    require_permission(request, "rooms.change_room")
    if choice := zone_choice(request.POST):
        render_form = partial(_render_in_zone, room=room)
        return respond_in_zone(request, _form_in(choice, request, room), choice, render_form)
    form = RoomPageForm(with_choices(request.POST), instance=room)
    # The time zone of the form; the cookie may have another one now.
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        if change is not None:
            report_saved(request, change)
            return HttpResponseRedirect(reverse("room-page", args=[room.pk]))
        if form.conflict is not None:
            return conflict_page(request, form)
        return render_room(request, room, form, status=409 if form.found else 422)


def _form_in(choice: ZoneChoice, request: HttpRequest, room: Room) -> RoomPageForm:
    return in_chosen_zone(partial(RoomPageForm, instance=room), request.POST, choice)


def _render_in_zone(
    request: HttpRequest, form: RoomPageForm, *, room: Room, status: int, **more: Any
) -> HttpResponse:
    return render_room(request, room, form, status, **more)


def render_room(
    request: HttpRequest,
    room: Room,
    form: RoomPageForm,
    status: int = 200,
    question: QuestionForm | None = None,
    **more: Any,
) -> HttpResponse:
    """Render the page of a room with its form, and the answer to a question about it."""
    now = timezone.now()
    asked = question_context(room, question or QuestionForm(), now)
    may_change = request.user.has_perm("rooms.change_room")
    shown = form.validate().room if form.is_bound else room
    context = {
        "here": "rooms",
        "room": room,
        "form": form,
        "status": asked["forecast"].status,
        "may_change": may_change,
        "inside_text": people_inside_text(asked["forecast"].inside),
        "hints": field_hints(form, now),
        **asked,
        **summary_context(shown, room, now),
        **more,
    }
    return render(request, "rooms/room/detail.html", context, status=status)


@staff_page("rooms.change_room")
@require_POST
def room_preview(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Render the summary of the entered values, without a lock or a write."""
    room = visible_room(request, room_id)
    choice = zone_choice(request.POST) if "rezone" in request.POST else None
    if choice:
        render_form = partial(_render_preview, room=room)
        return respond_in_zone(request, _form_in(choice, request, room), choice, render_form)
    return _render_preview(request, RoomPageForm(request.POST, instance=room), room=room)


def _render_preview(
    request: HttpRequest, form: RoomPageForm, *, room: Room, status: int = 200, **more: Any
) -> HttpResponse:
    with timezone.override(form.time_zone):
        change = form.validate()
        curl = as_curl(change, room.version, base_url(request)) if change.moved else ""
        stale = str(room.version) != request.POST.get("version")
        shown = {"curl": curl, "stale": stale, **more}
        return render_preview(request, form, change.room, room, **shown)


def require_permission(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
