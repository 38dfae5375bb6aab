"""The page that deletes a room."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from access.staff.back_links import last_list
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.changes import RoomIsLive, Stale, delete_room
from rooms.changes.authors import author_of
from rooms.models import Room
from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.room.visible import (
    members_inside,
    page_methods,
    visible_room,
)
from rooms.pages.room.wording import kept_sessions_text, live_text


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
    messages.success(request, _deleted_text(request, room))
    return HttpResponseRedirect(last_list(request, "home", "week").url)


def _deleted_text(request: HttpRequest, room: Room) -> str:
    """Return the message, with a link to restore the room if the user may do this."""
    text = gettext("{name} was deleted.").format(name=room.display_name)
    if not request.user.has_perms(("rooms.view_roomchange", "rooms.add_room")):
        return text
    last = RoomChange.objects.filter(room_id=room.pk, action=Action.DELETED).order_by("-version")
    url = reverse("restore-page", args=[last.values_list("pk", flat=True)[0]])
    return format_html('{} <a href="{}">{}</a>', text, url, gettext("Restore…"))


def _render_delete_page(
    request: HttpRequest, room: Room, refusal: Exception | None = None
) -> HttpResponse:
    context = {
        "here": "rooms",
        "room": room,
        "live_text": live_text(members_inside(room)),
        "sessions_text": kept_sessions_text(room.sessions.count()),
        "has_changed": isinstance(refusal, Stale),
        "is_live": room.active_session is not None or isinstance(refusal, RoomIsLive),
    }
    return render(request, "rooms/room/delete.html", context, status=409 if refusal else 200)
