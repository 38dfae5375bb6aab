"""The pages of one room: view, edit, create, delete."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from access.http.errors import base_url
from access.models import Project
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.changes import RoomIsLive, Stale, delete_room
from rooms.changes.authors import author_of
from rooms.changes.validation import SETTINGS, Change
from rooms.display.layout_pictures import pictures
from rooms.display.values import label
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.room.conflict import conflict_page, with_choices
from rooms.pages.room.context import field_hints, summary_context
from rooms.pages.room.forms import NewRoomPageForm, RoomPageForm, as_curl
from rooms.pages.room.wording import kept_sessions_text, live_text, people_inside_text
from rooms.rules.constraints import rule_of

page_methods = require_http_methods(["GET", "HEAD", "POST"])


def visible_rooms(request: HttpRequest) -> RoomQuerySet:
    """Return the rooms that the user may see, with their sessions in progress."""
    rooms = Room.objects.filter(visible_to(request.user))
    return rooms.with_active_session().select_related("project")


def visible_room(request: HttpRequest, room_id: UUID) -> Room:
    room = visible_rooms(request).filter(pk=room_id).first()
    if room is None:
        raise Http404
    return room


@staff_page("rooms.view_room")
@page_methods
def room_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = visible_rooms(request).filter(pk=room_id).first()
    if request.method == "POST":
        return _save(request, room) if room else _room_is_deleted(request, room_id)
    if room is None:
        raise Http404
    return _render_room(request, room, RoomPageForm(instance=room))


def _room_is_deleted(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Offer to create a new room from the data for a deleted room; status 409."""
    seen = RoomChange.objects.filter(project_id__in=visible_projects(request).values("pk"))
    last = seen.filter(room_id=room_id, action=Action.DELETED).first()
    if last is None or not request.user.has_perm("rooms.add_room"):
        raise Http404
    data = request.POST.copy()
    data["name"], data["project"] = last.room_name, str(last.project_id)
    form = _new_form(request, data)
    with timezone.override(form.time_zone):
        form.is_valid()
        words = gettext(
            "Another user deleted this room. You can create a new room from these settings."
        )
        form.add_error(None, words)
        return _render_new_room(request, form, status=409)


def _save(request: HttpRequest, room: Room) -> HttpResponse:
    _require_permission(request, "rooms.change_room")
    form = RoomPageForm(with_choices(request.POST), instance=room)
    # The time zone of the form; the cookie may have another one now.
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        if change is not None:
            _report_saved(request, change)
            return HttpResponseRedirect(reverse("room-page", args=[room.pk]))
        if form.conflict is not None:
            return conflict_page(request, form)
        return _render_room(request, room, form, status=409 if form.found else 422)


def _report_saved(request: HttpRequest, change: Change) -> None:
    if not change.moved:
        messages.info(request, gettext("No changes to save."))
        return
    fields = ", ".join(label(name) for name in SETTINGS if name in change.moved)
    messages.success(request, gettext("Saved: {fields}.").format(fields=fields))


def _render_room(
    request: HttpRequest, room: Room, form: RoomPageForm, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    may_change = request.user.has_perm("rooms.change_room")
    shown = form.validate().room if form.is_bound else room
    context = {
        "here": "rooms",
        "room": room,
        "form": form,
        "status": room.status(now),
        "may_change": may_change,
        "inside_text": people_inside_text(_inside(room)),
        "layouts": pictures(),
        "hints": field_hints(form, now),
        **summary_context(shown, room, now),
        **more,
    }
    return render(request, "rooms/room/detail.html", context, status=status)


def _inside(room: Room) -> int:
    session = room.active_session
    return session.count_inside() if session else 0


@staff_page("rooms.change_room")
@require_POST
def room_preview(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Render the summary of the entered values, without a lock or a write."""
    room = visible_room(request, room_id)
    form = RoomPageForm(request.POST, instance=room)
    with timezone.override(form.time_zone):
        change = form.validate()
        curl = as_curl(change, room.version, base_url(request)) if change.moved else ""
        stale = str(room.version) != request.POST.get("version")
        return _preview(request, form, change.room, room, curl=curl, stale=stale)


def _preview(
    request: HttpRequest, form: Any, shown: Room, stored: Room | None, **more: Any
) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form,
        "hints": field_hints(form, now),
        "is_preview": True,
        "room": stored,
        **summary_context(shown, stored, now),
        **more,
    }
    return render(request, "rooms/room/_preview.html", context)


@staff_page("rooms.view_room", "rooms.add_room")
@page_methods
def new_room(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _render_new_room(request, _new_form(request, initial=_initial(request)))
    form = _new_form(request, request.POST)
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        if change is None:
            return _render_new_room(request, form, status=422)
    messages.success(request, gettext("Room created."))
    return HttpResponseRedirect(reverse("room-page", args=[change.room.pk]))


def _new_form(request: HttpRequest, data: QueryDict | None = None, **more: Any) -> NewRoomPageForm:
    form = NewRoomPageForm(data, **more)
    form.fields["project"].queryset = visible_projects(request)
    return form


def visible_projects(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.filter(visible_to(request.user, project=""))


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return the initial data of a new room: a copy of another one, or the only project."""
    if not (source := request.GET.get("from")):
        first, *others = visible_projects(request)[:2] or [None]
        return {"project": first} if first and not others else {}
    room = visible_room(request, UUID(source)) if is_uuid(source) else None
    if room is None:
        raise Http404
    copied = {name: getattr(room, name) for name in SETTINGS}
    display_name = gettext("{name} (copy)").format(name=room.display_name)
    if room.display_name == room.name or len(display_name) > rule_of(Room, "display_name").longest:
        display_name = ""
    name = f"{room.name}-copy"[-rule_of(Room, "name").longest :]
    return {**copied, "project": room.project, "name": name, "display_name": display_name}


def _render_new_room(
    request: HttpRequest, form: NewRoomPageForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    first = {name: value for name, value in form.initial.items() if name in SETTINGS}
    shown = form.validate().room if form.is_bound else Room(**first)
    context = {
        "here": "rooms",
        "form": form,
        "may_change": True,
        "is_new": True,
        "layouts": pictures(),
        "hints": field_hints(form, now),
        **summary_context(shown, None, now),
    }
    return render(request, "rooms/room/detail.html", context, status=status)


@staff_page("rooms.view_room", "rooms.add_room")
@require_POST
def new_room_preview(request: HttpRequest) -> HttpResponse:
    form = _new_form(request, request.POST)
    with timezone.override(form.time_zone):
        shown = form.validate().room
        # An empty field is no error before the form is sent.
        for name in ("name", "project"):
            if not form.data.get(name):
                form.errors.pop(name, None)
        return _preview(request, form, shown, None)


@staff_page("rooms.view_room", "rooms.delete_room")
@page_methods
def delete_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = visible_room(request, room_id)
    if request.method != "POST":
        return _render_delete_page(request, room)
    seen = request.POST.get("version", "")
    try:
        delete_room(
            Room.objects.filter(visible_to(request.user)),
            room.pk,
            by=author_of(request, Channel.FORM),
            unless_stale=lambda found: str(found.version) == seen,
        )
    except (Stale, RoomIsLive) as refusal:
        return _render_delete_page(request, visible_room(request, room_id), refusal)
    except Room.DoesNotExist:
        raise Http404 from None
    messages.success(request, gettext("{name} was deleted.").format(name=room.display_name))
    return HttpResponseRedirect(reverse("home"))


def _render_delete_page(
    request: HttpRequest, room: Room, refusal: Exception | None = None
) -> HttpResponse:
    context = {
        "here": "rooms",
        "room": room,
        "live_text": live_text(_inside(room)),
        "sessions_text": kept_sessions_text(room.sessions.count()),
        "has_changed": isinstance(refusal, Stale),
        "is_live": room.active_session is not None or isinstance(refusal, RoomIsLive),
    }
    return render(request, "rooms/room/delete.html", context, status=409 if refusal else 200)


def _require_permission(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
