"""The history of rooms as pages, and reverting a change after a preview."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from access.http.view_attributes import reads_replica
from access.pages.pagination import page_of
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from access.staff.times import reader_at
from rooms.changes import Stale, change_room
from rooms.changes.authors import author_of
from rooms.changes.reverts import CONFLICT, Revert
from rooms.changes.validation import Change
from rooms.display.refusals import in_words
from rooms.display.values import moved
from rooms.models import Room
from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.chips import chips_of
from rooms.pages.history.days import BulkSizes, days_of
from rooms.pages.history.filters import HistoryFilter
from rooms.pages.history.lines import LinePage, lines_of
from rooms.pages.history.rows import display_name, project_names, visible_changes, with_names
from rooms.pages.undo import UNDO, change_words, offer_undo_of


@reads_replica
@staff_page("rooms.view_roomchange")
def history(request: HttpRequest) -> HttpResponse:
    """Show the changes of every room that the user may see, newest first."""
    found = HistoryFilter(request.GET, visible_changes(request), request=request)
    found.form.is_valid()
    asked = found.form.cleaned_data
    # A search for rooms or for a bulk edit wants the changes themselves.
    is_grouped = not asked.get("room") and not asked.get("bulk")
    chips = chips_of(request, found.form)
    more = {"filter": found, "chips": chips, "chosen_bulk": asked.get("bulk")}
    context = _page(request, found.qs, is_grouped=is_grouped, **more)
    return render(request, "rooms/history/list.html", context)


@reads_replica
@staff_page("rooms.view_roomchange")
def room_history(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Show the changes of one room, also of a deleted one."""
    changes = visible_changes(request).filter(room_id=room_id)
    latest = with_names(changes).first()
    if latest is None:
        raise Http404
    room = Room.objects.filter(visible_to(request.user), pk=room_id).first()
    context = _page(request, changes, room=room, latest=latest, name=display_name(latest))
    return render(request, "rooms/history/list.html", context)


def _page(
    request: HttpRequest, changes: QuerySet[RoomChange], *, is_grouped: bool = False, **more: Any
) -> dict[str, Any]:
    page, links = page_of(request, with_names(changes))
    may_revert = request.user.has_perm("rooms.change_room")
    may_restore = request.user.has_perm("rooms.add_room")
    names = "latest" not in more, not more.get("chosen_bulk")
    of_page = LinePage(reader_at(timezone.now()), *names, may_revert, may_restore)
    lines = lines_of(page.rows, project_names(page.rows), of_page)
    sizes = BulkSizes.of(lines if is_grouped else [], visible_changes(request))
    return {
        "here": "history",
        "days": days_of(lines, sizes),
        **links,
        **more,
    }


@staff_page("rooms.view_roomchange", "rooms.change_room")
def revert(request: HttpRequest, change_id: int) -> HttpResponse:
    """Show what reverting one change does; POST reverts it."""
    entry = get_object_or_404(visible_changes(request), pk=change_id, action=Action.CHANGED)
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
