"""The room of a room token: found, made, or refused because it was deleted."""

from django.core.exceptions import ValidationError

from rooms.changes import create_room
from rooms.models import Room
from rooms.models.history import Action, Author, Channel, RoomChange
from sessions.lifecycle.refusals import NoSuchRoom, RoomDeleted
from sessions.tokens.room_tokens import Claims


def locked_room(claims: Claims, by: Author) -> Room:
    """Return the room of the token, locked; make it if the token may.

    Raises NoSuchRoom, RoomDeleted, and ValidationError for invalid values of the room.
    """
    rooms = Room.objects.select_for_update().filter(
        project_id=claims.project_id, name=claims.room_name
    )
    room: Room | None = rooms.first()
    # Ids sort by their time: an older room is the one that the token was issued for.
    if admits_no_more(claims, room):
        raise RoomDeleted(claims.room_name)
    if room:
        return room
    if not claims.auto_create_room:
        raise NoSuchRoom(claims.room_name)
    try:
        values = claims.room_values
        return create_room(claims.project_id, values, by=by, auto_created=True).room
    except ValidationError:
        # Another request has created the room in the meantime.
        other: Room | None = rooms.first()
        if other is None:
            raise
        return other


def admits_no_more(claims: Claims, room: Room | None) -> bool:
    """Return whether the room that the token was issued for was deleted, unlike `room`."""
    return (room is None or room.pk > claims.id) and _was_deleted(claims)


def _was_deleted(claims: Claims) -> bool:
    """Return whether a user or a client deleted such a room after the token was issued."""
    deleted = RoomChange.objects.filter(
        project_id=claims.project_id,
        room_name=claims.room_name,
        action=Action.DELETED,
        at__gt=claims.issued_at,
    )
    # A member may come back after the end of a session, which deletes the rooms of tokens.
    return deleted.exclude(channel=Channel.SESSION).exists()
