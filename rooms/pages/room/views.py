"""The pages of one room: look, change, make, delete."""

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
from rooms.models.history import Action, Door, RoomChange
from rooms.pages.room.conflict import conflict_page, with_choices
from rooms.pages.room.context import meaning_of, told_of
from rooms.pages.room.forms import NewRoomPageForm, RoomPageForm, as_curl

NAME, DISPLAY_NAME = 100, 200
page_methods = require_http_methods(["GET", "HEAD", "POST"])


def rooms_of(request: HttpRequest) -> RoomQuerySet:
    """Return the rooms that this person sees, each with its session in progress."""
    rooms = Room.objects.filter(visible_to(request.user))
    return rooms.with_active_session().select_related("project")


def room_of(request: HttpRequest, room_id: UUID) -> Room:
    room = rooms_of(request).filter(pk=room_id).first()
    if room is None:
        raise Http404
    return room


@staff_page("rooms.view_room")
@page_methods
def room_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = rooms_of(request).filter(pk=room_id).first()
    if request.method == "POST":
        return _save(request, room) if room else _gone(request, room_id)
    if room is None:
        raise Http404
    return _draw(request, room, RoomPageForm(instance=room))


def _gone(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Offer what was typed into a room that was deleted meanwhile as a new room; status 409."""
    seen = RoomChange.objects.filter(project_id__in=projects_of(request).values("pk"))
    last = seen.filter(room_id=room_id, action=Action.DELETED).first()
    if last is None or not request.user.has_perm("rooms.add_room"):
        raise Http404
    data = request.POST.copy()
    data["name"], data["project"] = last.room_name, str(last.project_id)
    form = _new_form(request, data)
    with timezone.override(form.clocks):
        form.is_valid()
        words = gettext("Someone deleted this room meanwhile. You can make a new one of this.")
        form.add_error(None, words)
        return _draw_new(request, form, status=409)


def _save(request: HttpRequest, room: Room) -> HttpResponse:
    _demand(request, "rooms.change_room")
    form = RoomPageForm(with_choices(request.POST), instance=room)
    # The zone that the person typed in, whatever their cookie says by now.
    with timezone.override(form.clocks):
        change = form.apply(by=author_of(request, Door.FORM)) if form.is_valid() else None
        if change is not None:
            _say_saved(request, change)
            return HttpResponseRedirect(reverse("room-page", args=[room.pk]))
        if form.conflict is not None:
            return conflict_page(request, form)
        return _draw(request, room, form, status=409 if form.found else 422)


def _say_saved(request: HttpRequest, change: Change) -> None:
    if not change.moved:
        messages.info(request, gettext("Nothing was changed: the room is as it was."))
        return
    fields = ", ".join(label(name) for name in SETTINGS if name in change.moved)
    messages.success(request, gettext("Saved: {fields}.").format(fields=fields))


def _draw(
    request: HttpRequest, room: Room, form: RoomPageForm, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    may_change = request.user.has_perm("rooms.change_room")
    shown = form.judge().room if form.is_bound else room
    context = {
        "here": "rooms",
        "room": room,
        "form": form,
        "status": room.status(now),
        "may_change": may_change,
        "inside": _inside(room),
        "layouts": pictures(),
        "told": told_of(form, now),
        **meaning_of(shown, room, now),
        **more,
    }
    return render(request, "rooms/room/detail.html", context, status=status)


def _inside(room: Room) -> int:
    session = room.active_session
    return session.count_inside() if session else 0


@staff_page("rooms.change_room")
@require_POST
def room_preview(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Say what the typed values would mean. Nothing is locked or written."""
    room = room_of(request, room_id)
    form = RoomPageForm(request.POST, instance=room)
    with timezone.override(form.clocks):
        change = form.judge()
        curl = as_curl(change, room.version, base_url(request)) if change.moved else ""
        stale = str(room.version) != request.POST.get("version")
        return _preview(request, form, change.room, room, curl=curl, stale=stale)


def _preview(
    request: HttpRequest, form: Any, shown: Room, stored: Room | None, **more: Any
) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form,
        "told": told_of(form, now),
        "is_preview": True,
        "room": stored,
        **meaning_of(shown, stored, now),
        **more,
    }
    return render(request, "rooms/room/_preview.html", context)


@staff_page("rooms.view_room", "rooms.add_room")
@page_methods
def new_room(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _draw_new(request, _new_form(request, initial=_initial(request)))
    form = _new_form(request, request.POST)
    with timezone.override(form.clocks):
        change = form.apply(by=author_of(request, Door.FORM)) if form.is_valid() else None
        if change is None:
            return _draw_new(request, form, status=422)
    messages.success(request, gettext("The room is there."))
    return HttpResponseRedirect(reverse("room-page", args=[change.room.pk]))


def _new_form(request: HttpRequest, data: QueryDict | None = None, **more: Any) -> NewRoomPageForm:
    form = NewRoomPageForm(data, **more)
    form.fields["project"].queryset = projects_of(request)
    return form


def projects_of(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.filter(visible_to(request.user, project=""))


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return what a new room starts from: a room that is there, or the only project there is."""
    if not (source := request.GET.get("from")):
        first, *others = projects_of(request)[:2] or [None]
        return {"project": first} if first and not others else {}
    room = room_of(request, UUID(source)) if is_uuid(source) else None
    if room is None:
        raise Http404
    copied = {name: getattr(room, name) for name in SETTINGS}
    display_name = gettext("{name} (copy)").format(name=room.display_name)
    if room.display_name == room.name or len(display_name) > DISPLAY_NAME:
        display_name = ""
    name = f"{room.name}-copy"[-NAME:]
    return {**copied, "project": room.project, "name": name, "display_name": display_name}


def _draw_new(request: HttpRequest, form: NewRoomPageForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    first = {name: value for name, value in form.initial.items() if name in SETTINGS}
    shown = form.judge().room if form.is_bound else Room(**first)
    context = {
        "here": "rooms",
        "form": form,
        "may_change": True,
        "is_new": True,
        "layouts": pictures(),
        "told": told_of(form, now),
        **meaning_of(shown, None, now),
    }
    return render(request, "rooms/room/detail.html", context, status=status)


@staff_page("rooms.view_room", "rooms.add_room")
@require_POST
def new_room_preview(request: HttpRequest) -> HttpResponse:
    form = _new_form(request, request.POST)
    with timezone.override(form.clocks):
        shown = form.judge().room
        # What nobody has typed yet is not wrong yet.
        for name in ("name", "project"):
            if not form.data.get(name):
                form.errors.pop(name, None)
        return _preview(request, form, shown, None)


@staff_page("rooms.view_room", "rooms.delete_room")
@page_methods
def delete_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = room_of(request, room_id)
    if request.method != "POST":
        return _draw_delete(request, room)
    seen = request.POST.get("version", "")
    try:
        delete_room(
            Room.objects.filter(visible_to(request.user)),
            room.pk,
            by=author_of(request, Door.FORM),
            unless_stale=lambda found: str(found.version) == seen,
        )
    except (Stale, RoomIsLive) as refusal:
        return _draw_delete(request, room_of(request, room_id), refusal)
    except Room.DoesNotExist:
        raise Http404 from None
    messages.success(request, gettext("{name} was deleted.").format(name=room.display_name))
    return HttpResponseRedirect(reverse("home"))


def _draw_delete(
    request: HttpRequest, room: Room, refusal: Exception | None = None
) -> HttpResponse:
    context = {
        "here": "rooms",
        "room": room,
        "inside": _inside(room),
        "sessions": room.sessions.count(),
        "has_changed": isinstance(refusal, Stale),
        "is_live": room.active_session is not None or isinstance(refusal, RoomIsLive),
    }
    return render(request, "rooms/room/delete.html", context, status=409 if refusal else 200)


def _demand(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
