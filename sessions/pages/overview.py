"""Live sessions, scheduled events and warnings for the operator's page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import GreaterThan

from rooms.models import Room, nulls_last
from rooms.rules.join_policy import JoinPolicy, Reason, ScheduledEvent
from sessions.models import RoomSession

AHEAD = timedelta(hours=24)
# A later opening time is probably a mistake.
FAR = timedelta(days=366)
# A longer list is of no use.
MOST = 100


@dataclass(frozen=True)
class ComingEvent:
    """A scheduled event of a room or of its live session."""

    at: datetime
    what: ScheduledEvent
    room: Room
    session: RoomSession | None = None


class WarningKind(StrEnum):
    OPENS_FAR_OFF = "opens_far_off"
    REMOVES_BEFORE_CLOSE = "removes_before_close"
    CAP_BELOW_INSIDE = "cap_below_inside"
    OVER_BUT_LIVE = "over_but_live"
    FULL = "full"


@dataclass(frozen=True)
class RoomWarning:
    """A valid setting of a room that is probably a mistake."""

    what: WarningKind
    room: Room
    session: RoomSession | None = None


def live(sessions: QuerySet[RoomSession]) -> QuerySet[RoomSession]:
    """Return live sessions, the fullest first, each with `inside`."""
    return (
        sessions.filter(end_time=None)
        .select_related("room", "project")
        .with_inside()
        .order_by("-inside", "-id")
    )


def coming(rooms: QuerySet[Room], running: list[RoomSession], now: datetime) -> list[ComingEvent]:
    """Return the events within AHEAD of `now`, in order.

    Members leave at the time of their session, which may differ from the room's.
    """
    until = now + AHEAD
    found = [
        *_coming(rooms, now, until),
        *(
            ComingEvent(one.remove_at, ScheduledEvent.REMOVES_EVERYONE, one.room, one)
            for one in running
            if one.room and one.remove_at and now < one.remove_at <= until
        ),
    ]
    return sorted(found, key=lambda one: one.at)[:MOST]


def _coming(rooms: QuerySet[Room], now: datetime, until: datetime) -> Iterator[ComingEvent]:
    for name, what in (
        ("join_from", ScheduledEvent.OPENS),
        ("join_until", ScheduledEvent.CLOSES),
        ("remove_at", ScheduledEvent.REMOVES_EVERYONE),
    ):
        # nulls_last() matches the index (Room.Meta.indexes) and sorts rooms without the time last.
        dated = rooms.alias(due=nulls_last(name))
        due = dated.filter(due__gt=now, due__lte=until).order_by("due")
        if what == ScheduledEvent.REMOVES_EVERYONE:
            # The sessions of live rooms have their own events.
            due = due.live(False)
        for room in due[:MOST]:
            yield ComingEvent(getattr(room, name), what, room)


def room_warnings(
    rooms: QuerySet[Room], running: list[RoomSession], now: datetime
) -> list[RoomWarning]:
    """Return the warnings, those of live rooms first."""
    return [
        *(
            RoomWarning(WarningKind.CAP_BELOW_INSIDE, one.room, one)
            for one in running
            if _is_overfull(one)
        ),
        *(
            RoomWarning(WarningKind.OVER_BUT_LIVE, one.room, one)
            for one in running
            if _is_over(one, now)
        ),
        *(
            RoomWarning(WarningKind.FULL, one.room, one)
            for one in running
            if one.room and is_full(one, now) and not _is_overfull(one)
        ),
        *_every(WarningKind.REMOVES_BEFORE_CLOSE, rooms, _removes_before_close(now)),
        *_every(WarningKind.OPENS_FAR_OFF, rooms, _opens_far_off(now)),
    ]


def is_full(session: RoomSession, now: datetime) -> bool:
    """Return whether a session with the number `inside` refuses the next member as full."""
    return JoinPolicy.of(session).decide(now, session.inside).reason is Reason.FULL


def _is_overfull(session: RoomSession) -> bool:
    caps = [session.max_members, *([session.room.max_members] if session.room else [])]
    return session.room is not None and session.inside > min(caps)


def _is_over(session: RoomSession, now: datetime) -> bool:
    """Return whether the room's current settings require that its live session is empty."""
    room = session.room
    if room is None or session.inside == 0 or room.remove_at is None:
        return False
    return room.remove_at <= now and room.remove_at != session.remove_at


def _removes_before_close(now: datetime) -> Q:
    return Q(remove_at__gt=now, remove_at__lt=F("join_until"))


def _opens_far_off(now: datetime) -> GreaterThan:
    return GreaterThan(nulls_last("join_from", downwards=True), now + FAR)


def _every(
    what: WarningKind, rooms: QuerySet[Room], condition: Q | GreaterThan
) -> Iterator[RoomWarning]:
    for room in rooms.filter(condition).order_by("pk")[:MOST]:
        yield RoomWarning(what, room)
