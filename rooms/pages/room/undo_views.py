"""Undo and redo of the user's last change of a room."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.staff.back_links import last_list
from access.staff.decorators import staff_page
from rooms.changes import RoomIsLive, Stale, change_room, delete_room
from rooms.changes.authors import author_of
from rooms.changes.reverts import Revert
from rooms.models import Room
from rooms.models.history import Action, AuthorKind, Channel, RoomChange
from rooms.pages.room.views import require_permission
from rooms.pages.room.visible import visible_room, visible_rooms
from rooms.pages.undo import UNDO, change_words, offer_undo_of


@staff_page("rooms.change_room")
@require_POST
def undo_change(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Revert the user's own change that made the room's `version`, or delete a new copy."""
    room = visible_room(request, room_id)
    entry = _own_change(request, room, request.POST.get("version", ""))
    if entry.action == Action.CREATED:
        return _undo_creation(request, room)
    try:
        author = author_of(request, Channel.REVERT)
        change = change_room(visible_rooms(request), room.pk, Revert([entry]), by=author)
    except Room.DoesNotExist:
        raise Http404 from None
    except ValidationError:
        messages.warning(request, gettext("Not undone: the same field was changed since."))
        may_see = request.user.has_perm("rooms.view_roomchange")
        return redirect("revert-page", entry.pk) if may_see else redirect("room-page", room.pk)
    is_undo = request.POST.get("redo") != "1"
    back = request.session.get("undo", {}).get("back")
    if change.moved:
        done = gettext("Undone.") if is_undo else gettext("Redone.")
        offer_undo_of(request, change, is_redo=is_undo, back=back or "")
        messages.success(request, f"{done} {change_words(change)}", extra_tags=UNDO)
    else:
        request.session.pop("undo", None)
        messages.info(request, gettext("Nothing to change."))
    return redirect(back) if back else redirect("room-page", room.pk)


def _own_change(request: HttpRequest, room: Room, version: str) -> RoomChange:
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Http404
    own = RoomChange.objects.filter(author_kind=AuthorKind.USER, author_id=str(request.user.pk))
    own = own.filter(action__in=(Action.CHANGED, Action.CREATED))
    return get_object_or_404(own, room_id=room.pk, version=int(version))


def _undo_creation(request: HttpRequest, room: Room) -> HttpResponse:
    """Delete a room that has its first version still and is not live."""
    require_permission(request, "rooms.delete_room")
    request.session.pop("undo", None)
    try:
        author = author_of(request, Channel.REVERT)
        delete_room(visible_rooms(request), room.pk, by=author, unless_stale=_is_new)
    except Room.DoesNotExist:
        raise Http404 from None
    except Stale:
        messages.warning(request, gettext("Not undone: the room was changed since."))
        return redirect("room-page", room.pk)
    except RoomIsLive:
        messages.warning(request, gettext("Not undone: the room is live."))
        return redirect("room-page", room.pk)
    undone = gettext("Undone.")
    gone = gettext("{name} was deleted.").format(name=room.display_name)
    messages.success(request, f"{undone} {gone}")
    return redirect(last_list(request, "home", "week").url)


def _is_new(room: Room) -> bool:
    return room.version == 1
