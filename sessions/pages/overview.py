"""Live sessions, scheduled events and warnings for the operator's page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import GreaterThan

from rooms.models import Room, nulls_last
from rooms.models.forecast import POLICY
from rooms.rules.join_policy import SCHEDULE, JoinPolicy, Reason, Upcoming
from sessions.models import PREVIEW, RoomSession
from sessions.pages.due_rooms import COLUMNS, due_rooms

AHEAD = timedelta(hours=24)
# A later opening time is probably a mistake.
FAR = timedelta(days=366)
# Longer lists are of no use.
MOST = 100
Row = Sequence[Any]


@dataclass(frozen=True)
class ComingRoom:
    """A room with an event within AHEAD. In a live room, everyone leaves when the session says."""

    pk: UUID
    display_name: str
    policy: JoinPolicy
    events: list[Upcoming]
    session: RoomSession | None = None

    @classmethod
    def of(cls, row: Row, session: RoomSession | None, now: datetime) -> Self:
        pk, display_name, join_from, join_until, remove_at = row
        leaves = session.remove_at if session else remove_at
        # A page of coming events needs no capacity.
        policy = JoinPolicy(0, join_from, join_until, leaves)
        return cls(pk, display_name, policy, policy.upcoming(now), session)


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
    columns = ("display_name", "start_time", *PREVIEW, *POLICY)
    of_room = (f"room__{name}" for name in ("display_name", "max_members", *SCHEDULE))
    return (
        sessions.filter(end_time=None)
        .select_related("room")
        .only(*columns, *of_room)
        .with_inside()
        .order_by("-inside", "-id")
    )


def coming(user: Any, running: list[RoomSession], now: datetime) -> list[ComingRoom]:
    """Return the rooms that `user` may see with an event within AHEAD, the next one first."""
    until = now + AHEAD
    sessions = {one.room_id: one for one in running}
    rows = [row for name in SCHEDULE for row in due_rooms(user, name, now, until)]
    for one in running:
        if one.room and one.remove_at and now < one.remove_at <= until:
            rows.append(tuple(getattr(one.room, name) for name in COLUMNS))
    found = (ComingRoom.of(row, sessions.get(pk), now) for pk, row in _by_room(rows).items())
    dated = [one for one in found if one.events and one.events[0].at <= until]
    return sorted(dated, key=lambda one: (one.events[0].at, one.display_name))


def _by_room(rows: Iterable[Row]) -> dict[UUID, Row]:
    return {row[0]: row for row in rows}


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
    if session.inside < session.max_members:
        return False
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
    for room in rooms.filter(condition).only("display_name").order_by("pk")[:MOST]:
        yield RoomWarning(what, room)
