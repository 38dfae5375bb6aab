"""Delete the rooms that room tokens made, after their session."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from rooms.changes import RoomIsLive, Stale, delete_room
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Channel

WORKER = Author(AuthorKind.SYSTEM, "", "worker", Channel.SESSION)


def unused_rooms() -> QuerySet[Room]:
    """Return the rooms that room tokens made, without a session and without an edit."""
    unused: QuerySet[Room] = Room.objects.filter(auto_created=True).live(False)
    return unused


def delete_unused_rooms(now: datetime, most: int = 50) -> int:
    """Delete at most `most` unused rooms, and return their number.

    The end of a session does not delete its room: it has locked the session, and a room is locked
    before its session.
    """
    found = list(unused_rooms().order_by("pk").values_list("pk", flat=True)[:most])
    return sum(delete_if_unused(room_id) for room_id in found)


def delete_if_unused(room_id: UUID) -> bool:
    """Delete the room, unless an edit or a member was faster; return whether this call did."""
    try:
        delete_room(
            Room.objects.all(), room_id, by=WORKER, unless_stale=lambda room: room.auto_created
        )
    except (Room.DoesNotExist, Stale, RoomIsLive):
        return False
    return True
