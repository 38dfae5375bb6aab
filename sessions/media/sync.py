"""Synchronize rooms and members between the database and the media server, in the worker.

Each turn compares both sides and corrects all differences. So a lost call, a crash between two
steps and a restart of the media server need no code of their own.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions.lifecycle import leave
from sessions.media.recordings import finish_recordings, switch_recording
from sessions.media.server import MediaServerError, MediaServerUnavailable, is_managed, media_server
from sessions.models import JoinAs, LeaveReason, MediaRoom, MediaSeat

log = logging.getLogger(__name__)

# The lock of a room outlasts its turn; a room whose turn failed pauses.
LOCK, PAUSE = timedelta(seconds=60), timedelta(seconds=5)
# The settings that a media server can change in a running room.
PUSHED = ("display_name", "quality", "record_on_start")


def sync_media_rooms(now: datetime, limit: int = 100) -> int:
    """Synchronize at most `limit` due rooms; return 0 if none is left."""
    if not is_managed():
        return 0
    rooms = list(_due(now).order_by("look_at")[:limit])
    try:
        for room in rooms:
            _lock_and_sync(room, now)
    except MediaServerUnavailable as error:
        log.warning("No room can be synchronized: %s", error)
        # Each of the other rooms would wait for the same timeout.
        _due(now).update(locked_until=now + PAUSE)
        return 0
    return limit if len(rooms) == limit else 0


def _due(now: datetime) -> QuerySet[MediaRoom]:
    free = Q(locked_until=None) | Q(locked_until__lte=now)
    left = MediaSeat.objects.filter(room=OuterRef("pk"), member__leave_time__isnull=False)
    ended = Q(session__end_time__isnull=False)
    rooms = MediaRoom.objects.filter(free).select_related("session")
    return rooms.filter(Q(look_at__lte=now) | ended | Exists(left))


def _lock_and_sync(room: MediaRoom, now: datetime) -> None:
    """Synchronize a room unless another worker does; raise MediaServerUnavailable."""
    mine = MediaRoom.objects.filter(pk=room.pk, locked_until=room.locked_until)
    if not mine.update(locked_until=now + LOCK):
        return
    unlocked_at = None
    try:
        sync_room(room, now)
    except MediaServerError as error:
        log.warning("Room %s will be synchronized again: %s", room.pk, error)
        unlocked_at = now + PAUSE
        if isinstance(error, MediaServerUnavailable):
            raise
    finally:
        MediaRoom.objects.filter(pk=room.pk).update(locked_until=unlocked_at)
    # A request for another turn since the start of this one must not be lost.
    unchanged = MediaRoom.objects.filter(pk=room.pk, look_at=room.look_at)
    unchanged.update(look_at=now + timedelta(seconds=settings.MEDIA_LOOK_SECONDS))


def sync_room(room: MediaRoom, now: datetime) -> None:
    """Make the room on the media server match the database; raise MediaServerError."""
    session = room.session
    if session.end_time is not None:
        _destroy(room, session.end_time)
        return
    # The seats are read later, so that every participant already has one.
    present = media_server().inside(session)
    if present is None:
        present = _restore(room, now)
    _remove_strangers(room, present)
    _mark_arrivals(room, present)
    _remove_absent(room, present, now)
    _revoke_seats_of_former_members(room)
    _push_settings(room, now)


def _destroy(room: MediaRoom, ended_at: datetime) -> None:
    server = media_server()
    server.destroy(room.session)
    for seat in room.seats.all():
        server.remove(room.session, str(seat.pk))
    with transaction.atomic():
        finish_recordings(room.session, ended_at)
        room.delete()


def _restore(room: MediaRoom, now: datetime) -> dict[str, bool]:
    """Create a room that the media server has lost, and wait for its members again."""
    server = media_server()
    server.create(room.session)
    for seat in _staying(room).select_related("member"):
        server.allow(room.session, seat.member)
    _staying(room).update(expected_by=now + timedelta(seconds=settings.MEDIA_JOIN_SECONDS))
    return {}


def _remove_strangers(room: MediaRoom, present: dict[str, bool]) -> None:
    known = {str(pk) for pk in _staying(room).values_list("pk", flat=True)}
    for stranger in sorted(present.keys() - known):
        media_server().remove(room.session, stranger)


def _mark_arrivals(room: MediaRoom, present: dict[str, bool]) -> None:
    waiting = _staying(room).filter(expected_by__isnull=False).values_list("pk", flat=True)
    arrived = [pk for pk in waiting if str(pk) in present]
    room.seats.filter(pk__in=arrived).update(expected_by=None)


def _remove_absent(room: MediaRoom, present: dict[str, bool], now: datetime) -> None:
    """Remove members who disconnected, never connected, or publish without permission."""
    for seat in _staying(room).select_related("member"):
        publishes = present.get(str(seat.pk))
        if publishes is None and (seat.expected_by is None or seat.expected_by <= now):
            _remove(room, seat, LeaveReason.DISCONNECTED)
        elif publishes and seat.member.join_as == JoinAs.AUDIENCE:
            # Janus cannot prevent the audience from publishing.
            _remove(room, seat, LeaveReason.REMOVED)


def _remove(room: MediaRoom, seat: MediaSeat, reason: LeaveReason) -> None:
    leave(room.session.members.all(), seat.pk, reason=reason)


def _revoke_seats_of_former_members(room: MediaRoom) -> None:
    for seat in room.seats.filter(member__leave_time__isnull=False):
        media_server().remove(room.session, str(seat.pk))
        # The filter keeps a seat that allocate_seat() has just renewed.
        room.seats.filter(pk=seat.pk, expected_by=seat.expected_by).delete()


def _push_settings(room: MediaRoom, now: datetime) -> None:
    current = {name: getattr(room.session, name) for name in PUSHED}
    if room.pushed_settings == current:
        return
    media_server().update(room.session)
    records = current["record_on_start"]
    with transaction.atomic():
        MediaRoom.objects.filter(pk=room.pk).update(pushed_settings=current)
        if records != room.pushed_settings.get("record_on_start", False):
            switch_recording(room.session, records, now)


def _staying(room: MediaRoom) -> QuerySet[MediaSeat]:
    return room.seats.filter(member__leave_time=None)
