"""The history of rooms as pages, and reverting a change after a preview."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from access.http.view_attributes import reads_replica
from access.models import Project
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.changes import Stale, change_room
from rooms.changes.authors import author_of
from rooms.changes.reverts import CONFLICT, Revert
from rooms.changes.validation import Change
from rooms.display.refusals import in_words
from rooms.display.values import moved
from rooms.models import Room
from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.history.filters import HistoryFilter
from rooms.pages.pagination import page_of
from rooms.pages.undo import UNDO, change_words, offer_undo_of


@reads_replica
@staff_page("rooms.view_roomchange")
def history(request: HttpRequest) -> HttpResponse:
    """Show the changes of every room that the user may see, newest first."""
    found = HistoryFilter(request.GET, _seen(request))
    return render(request, "rooms/history/list.html", _page(request, found.qs, filter=found))


@reads_replica
@staff_page("rooms.view_roomchange")
def room_history(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Show the changes of one room, also of a deleted one."""
    changes = _seen(request).filter(room_id=room_id)
    latest = changes.first()
    if latest is None:
        raise Http404
    room = Room.objects.filter(visible_to(request.user), pk=room_id).first()
    context = _page(request, changes, room=room, latest=latest, is_deleted=room is None)
    return render(request, "rooms/history/list.html", context)


def _seen(request: HttpRequest) -> QuerySet[RoomChange]:
    return RoomChange.objects.filter(visible_to(request.user)).order_by("-id")


def _page(request: HttpRequest, changes: QuerySet[RoomChange], **more: Any) -> dict[str, Any]:
    page, links = page_of(request, changes)
    _add_texts(page.rows)
    return {"here": "history", **links, **more}


def _add_texts(changes: list[RoomChange]) -> None:
    """Add to each change its fields as texts, and its project if there are several."""
    ids = {change.project_id for change in changes}
    names = {}
    if len(ids) > 1:
        names = dict(Project.objects.filter(pk__in=ids).values_list("pk", "name"))
    for change in changes:
        change.moved = moved(change.changes)
        change.project_name = names.get(change.project_id)


@staff_page("rooms.view_roomchange", "rooms.change_room")
def revert(request: HttpRequest, change_id: int) -> HttpResponse:
    """Show what reverting one change does; POST reverts it."""
    entry = get_object_or_404(_seen(request), pk=change_id, action=Action.CHANGED)
    room = get_object_or_404(Room, pk=entry.room_id)
    override = request.POST.get("override", request.GET.get("override")) == "1"
    edit = Revert([entry], override=override)
    if request.method == "POST":
        done = _revert(request, room, edit)
        if done is not None:
            _report_reverted(request, done)
            return redirect("room-page-history", room_id=room.pk)
    context = {"here": "history", "entry": entry, "room": room, "override": override}
    return render(request, "rooms/history/revert.html", context | _preview(request, room, edit))


def _revert(request: HttpRequest, room: Room, edit: Revert) -> Change | None:
    """Revert the change that the page showed; None, with a message, if the room has changed."""
    seen = request.POST.get("version", "")
    try:
        return change_room(
            Room.objects.all(),
            room.pk,
            edit,
            by=author_of(request, Channel.REVERT),
            unless_stale=lambda now: str(now.version) == seen,
        )
    except Stale:
        messages.warning(
            request,
            gettext("Not reverted: the room has changed. These are its current settings."),
        )
    except ValidationError:
        # The preview shows the errors.
        pass
    except Room.DoesNotExist:
        raise Http404 from None
    return None


def _preview(request: HttpRequest, room: Room, edit: Revert) -> dict[str, Any]:
    try:
        change = change_room(
            Room.objects.all(),
            room.pk,
            edit,
            by=author_of(request, Channel.REVERT),
            dry_run=True,
        )
    except ValidationError as refusal:
        found = [error for errors in refusal.error_dict.values() for error in errors]
        return {
            "refusals": [in_words(message) for error in found for message in error.messages],
            "may_override": all(error.code == CONFLICT for error in found),
        }
    # The version that the preview is made of; another version is refused.
    version = change.room.version - 1 if change.moved else change.room.version
    return {"moved": moved(change.as_json()), "version": version}


def _report_reverted(request: HttpRequest, done: Change) -> None:
    if done.moved:
        offer_undo_of(request, done)
        reverted = gettext("Reverted.")
        messages.success(request, f"{reverted} {change_words(done)}", extra_tags=UNDO)
    else:
        messages.info(request, gettext("Nothing to change."))
