"""Change or delete a room: lock it, validate the result, write the fields that moved, record them.

The API, forms, the admin, bulk changes, CSV imports, reverts and commands call the functions of
this package. No other code writes a Room: tests/rooms/changes/test_one_write_path.py checks this.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from rooms.changes.audit import history_entry, notify, record
from rooms.changes.sql import single_statement, write_change
from rooms.changes.validation import WRITABLE, Change, Edit, validate_change, written
from rooms.models import Room, Rooms
from rooms.models.history import Action, Author

log = logging.getLogger(__name__)

# Returns whether the stored room is one that the caller accepts to change.
Precondition = Callable[[Room], bool]


class Stale(Exception):
    """The room has changed since the caller read it; `room` is the stored one."""

    def __init__(self, room: Room) -> None:
        super().__init__(f"room {room.pk} is at version {room.version}")
        self.room = room


class RoomIsLive(Exception):
    """The room has a session in progress, so it cannot be deleted."""


def change_room(
    rooms: Rooms,
    room_id: UUID | str,
    edit: Edit,
    *,
    by: Author,
    unless_stale: Precondition | None = None,
    if_stale: Edit | None = None,
    dry_run: bool = False,
) -> Change:
    """Change the room `room_id` among `rooms` and return the fields that moved.

    The fields of the edit are validated as sent, and the whole room as it would become. Only
    fields that moved are written; without any, or on a dry run, nothing is written.

    If the precondition `unless_stale` fails, `if_stale` replaces the edit. Raises
    Room.DoesNotExist, Stale (without `if_stale`), and ValidationError with all faults; then
    nothing is written.
    """

    def change_of(room: Room) -> Change:
        if unless_stale and not unless_stale(room):
            if if_stale is None:
                raise Stale(room)
            return validate_change(room, if_stale)
        return validate_change(room, edit)

    if dry_run:
        return change_of(rooms.get_by_id(room_id))
    if single_statement():
        change = _change_without_lock(rooms.get_by_id(room_id), change_of, by)
        if change is not None:
            return change
        # config/monitoring/logs.py counts this line.
        log.debug("Room %s has changed since it was read: wait for its lock.", room_id)
    with transaction.atomic():
        room = rooms.locked().get(pk=room_id)
        change = change_of(room)
        if change.moved:
            # Only the fields that moved: a full save would undo a concurrent edit.
            change.room.save(update_fields=written(change.moved))
            record([history_entry(Action.CHANGED, change, by)], room.is_listened_to)
        return change


def delete_room(
    rooms: Rooms,
    room_id: UUID | str,
    *,
    by: Author,
    unless_stale: Precondition | None = None,
    dry_run: bool = False,
) -> None:
    """Delete the room `room_id` among `rooms`; its past sessions and its history stay.

    A dry run deletes nothing. Raises Room.DoesNotExist, Stale, and RoomIsLive while a session
    is in progress.
    """
    if dry_run:
        _check_deletion(rooms.get_by_id(room_id), unless_stale)
        return
    with transaction.atomic():
        room = rooms.locked().get(pk=room_id)
        _check_deletion(room, unless_stale)
        moved = {name: (getattr(room, name), None) for name in WRITABLE}
        room.version += 1
        record([history_entry(Action.DELETED, Change(room, moved), by)], room.is_listened_to)
        try:
            # The events of past sessions still name the room.
            room.sessions.update(room=None, former_room_id=room.pk, version=F("version") + 1)
            room.delete()
        except IntegrityError:
            # A member joined while this transaction waited for the lock.
            raise RoomIsLive from None


def _check_deletion(room: Room, unless_stale: Precondition | None) -> None:
    if unless_stale and not unless_stale(room):
        raise Stale(room)
    if room.active_session:
        raise RoomIsLive


def _change_without_lock(
    room: Room, change_of: Callable[[Room], Change], by: Author
) -> Change | None:
    """Change a room with optimistic locking on its version; return None on a conflict."""
    change = change_of(room)
    if not change.moved:
        return change
    entry = history_entry(Action.CHANGED, change, by)
    if not room.is_listened_to:
        return change if write_change(change, entry) else None
    with transaction.atomic():
        if not write_change(change, entry):
            return None
        notify([entry])
    return change
