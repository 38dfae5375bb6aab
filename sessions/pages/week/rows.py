"""The rows of the week: each room with its window and its sessions as bars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from access.staff.addresses import address_of
from access.staff.times import time_text
from rooms.display.timeline import Bar, Span
from rooms.display.windows import schedule_line, schedule_sentence
from rooms.models import Room
from rooms.models.forecast import POLICY
from rooms.rules.join_policy import SCHEDULE, JoinPolicy
from sessions.models import RoomSession

COLUMNS = ("display_name", *POLICY)


@dataclass(frozen=True)
class BarLink:
    """A bar that is a link; `name` says what it shows."""

    url: str
    name: str
    bar: Bar
    # The time between the end of joining and the removal of everyone.
    tail: Bar | None = None
    # The field that ends joining; empty if joining never ends.
    ends: str = ""


@dataclass(frozen=True)
class WeekRow:
    room: Room
    url: str
    line: str
    window: BarLink | None
    sessions: list[BarLink]


class WeekRows:
    """Makes the rows of one page; addresses and texts of all rows are read once."""

    def __init__(self, span: Span, now: datetime) -> None:
        self.span, self.now = span, now
        self.session_words = gettext("Session of %(room)s, from %(start)s to %(end)s")
        self.live_words = gettext("Session of %(room)s, live since %(start)s")

    def of(self, rooms: Iterable[Room], sessions: Iterable[RoomSession]) -> list[WeekRow]:
        by_room: dict[UUID | None, list[RoomSession]] = {}
        for session in sessions:
            by_room.setdefault(session.room_id, []).append(session)
        return [self._row(room, by_room.get(room.pk, [])) for room in rooms]

    def _row(self, room: Room, sessions: list[RoomSession]) -> WeekRow:
        url = address_of("room-page", room.pk)
        links = [self._session(room, one) for one in sessions]
        return WeekRow(room, url, schedule_line(room, self.now), self._window(room, url), links)

    def _window(self, room: Room, url: str) -> BarLink | None:
        times = [moment for moment in (getattr(room, name) for name in SCHEDULE) if moment]
        if not times:
            return None
        ends = JoinPolicy.of(room).ends_joining
        last = max(filter(None, (ends, room.remove_at)), default=None)
        if not self._meets(room.join_from, last):
            return None
        name = f"{room.display_name}, {schedule_sentence(room, self.now)}"
        tail = None
        if ends and room.remove_at and ends < room.remove_at and self._meets(ends, room.remove_at):
            tail = self.span.clipped("inside", ends, room.remove_at)
        joining = self.span.clipped("joining", room.join_from, ends)
        return BarLink(url, name, joining, tail, _field_of(room, ends))

    def _session(self, room: Room, session: RoomSession) -> BarLink:
        start = time_text(session.start_time, self.now)
        end = session.end_time
        words = self.session_words if end else self.live_words
        times = {"start": start, "end": time_text(end, self.now) if end else ""}
        bar = self.span.clipped("past" if end else "live", session.start_time, end or self.now)
        url = address_of("session-page", session.pk)
        return BarLink(url, words % {"room": room.display_name, **times}, bar)

    def _meets(self, start: datetime | None, end: datetime | None) -> bool:
        begins = start is None or start < self.span.end
        return begins and (end is None or end > self.span.start)


def _field_of(room: Room, ends: datetime | None) -> str:
    """Return the name of the field with the end of joining."""
    if ends is None:
        return ""
    return "join_until" if ends == room.join_until else "remove_at"
