"""The worker's duty towards the media server: what our tables say comes true there, and back.

Level, not edge: each look compares both sides and says whatever is missing, so a call that was
lost, a crash between two steps or a media server that restarted are all the same case.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions.lifecycle import events, leave
from sessions.media.server import MediaServerAway, MediaServerError, is_managed, media_server
from sessions.models import JoinAs, LeaveReason, MediaRoom, MediaSeat, SessionEventType

log = logging.getLogger(__name__)

# Longer than a look takes; and the pause after one that failed.
BUSY, PAUSE = timedelta(seconds=60), timedelta(seconds=5)
# The settings that a media server takes over, by name.
TOLD = ("display_name", "quality", "record_on_start")


def keep_media_server(now: datetime, limit: int = 100) -> int:
    """Look at the rooms that need it, at most so many; return 0 when that was all of them."""
    if not is_managed():
        return 0
    rooms = list(_in_need(now).order_by("look_at")[:limit])
    try:
        for room in rooms:
            _look_alone(room, now)
    except MediaServerAway as error:
        log.warning("All rooms have to wait: %s", error)
        # Each of them would wait as long for no answer.
        _in_need(now).update(locked_until=now + PAUSE)
        return 0
    return limit if len(rooms) == limit else 0


def _in_need(now: datetime) -> QuerySet[MediaRoom]:
    free = Q(locked_until=None) | Q(locked_until__lte=now)
    left = MediaSeat.objects.filter(room=OuterRef("pk"), member__leave_time__isnull=False)
    ended = Q(session__end_time__isnull=False)
    rooms = MediaRoom.objects.filter(free).select_related("session")
    return rooms.filter(Q(look_at__lte=now) | ended | Exists(left))


def _look_alone(room: MediaRoom, now: datetime) -> None:
    """Look at a room unless another worker does; raises MediaServerAway."""
    mine = MediaRoom.objects.filter(pk=room.pk, locked_until=room.locked_until)
    if not mine.update(locked_until=now + BUSY):
        return
    free = None
    try:
        look(room, now)
    except MediaServerError as error:
        log.warning("Room %s is looked at again: %s", room.pk, error)
        free = now + PAUSE
        if isinstance(error, MediaServerAway):
            raise
    finally:
        MediaRoom.objects.filter(pk=room.pk).update(locked_until=free)
    # Whoever asked for a look since this one began gets it.
    unchanged = MediaRoom.objects.filter(pk=room.pk, look_at=room.look_at)
    unchanged.update(look_at=now + timedelta(seconds=settings.MEDIA_LOOK_SECONDS))


def look(room: MediaRoom, now: datetime) -> None:
    """Make the media server's room what our tables say it is; raises MediaServerError."""
    session = room.session
    if session.end_time is not None:
        _forget_room(room)
        return
    # Before our own tables are read: whoever is in there now had a seat by then.
    present = media_server().inside(session)
    if present is None:
        present = _restore(room, now)
    _put_out_strangers(room, present)
    _note_arrivals(room, present)
    _let_go(room, present, now)
    _forget_who_left(room)
    _pass_on_settings(room, now)


def _forget_room(room: MediaRoom) -> None:
    server = media_server()
    server.destroy(room.session)
    for seat in room.seats.all():
        server.remove(room.session, str(seat.pk))
    room.delete()


def _restore(room: MediaRoom, now: datetime) -> dict[str, bool]:
    """Make a room that the media server has lost, and wait for everybody once more."""
    server = media_server()
    server.create(room.session)
    for seat in _staying(room).select_related("member"):
        server.allow(room.session, seat.member)
    _staying(room).update(expected_by=now + timedelta(seconds=settings.MEDIA_JOIN_SECONDS))
    return {}


def _put_out_strangers(room: MediaRoom, present: dict[str, bool]) -> None:
    known = {str(pk) for pk in _staying(room).values_list("pk", flat=True)}
    for stranger in sorted(present.keys() - known):
        media_server().remove(room.session, stranger)


def _note_arrivals(room: MediaRoom, present: dict[str, bool]) -> None:
    waiting = _staying(room).filter(expected_by__isnull=False).values_list("pk", flat=True)
    arrived = [pk for pk in waiting if str(pk) in present]
    room.seats.filter(pk__in=arrived).update(expected_by=None)


def _let_go(room: MediaRoom, present: dict[str, bool], now: datetime) -> None:
    """Take out the members who went away there, never came, or send what they may not."""
    for seat in _staying(room).select_related("member"):
        sends = present.get(str(seat.pk))
        if sends is None and (seat.expected_by is None or seat.expected_by <= now):
            _take_out(room, seat, LeaveReason.DISCONNECTED)
        elif sends and seat.member.join_as == JoinAs.AUDIENCE:
            # No media server of ours keeps an audience from sending; it can be shown the door.
            _take_out(room, seat, LeaveReason.REMOVED)


def _take_out(room: MediaRoom, seat: MediaSeat, reason: LeaveReason) -> None:
    leave(room.session.members.all(), seat.pk, reason=reason)


def _forget_who_left(room: MediaRoom) -> None:
    for seat in room.seats.filter(member__leave_time__isnull=False):
        media_server().remove(room.session, str(seat.pk))
        # Unless they were expected anew meanwhile: then once more.
        room.seats.filter(pk=seat.pk, expected_by=seat.expected_by).delete()


def _pass_on_settings(room: MediaRoom, now: datetime) -> None:
    wanted = {name: getattr(room.session, name) for name in TOLD}
    if room.pushed_settings == wanted:
        return
    media_server().update(room.session)
    records = wanted["record_on_start"]
    type_ = SessionEventType.RECORDING_STARTED if records else SessionEventType.RECORDING_ENDED
    with transaction.atomic():
        MediaRoom.objects.filter(pk=room.pk).update(pushed_settings=wanted)
        if records != room.pushed_settings.get("record_on_start", False):
            events.record_events(events.happened(room.session, type_, now))


def _staying(room: MediaRoom) -> QuerySet[MediaSeat]:
    return room.seats.filter(member__leave_time=None)
