"""The rows of the list: each room with its session, its answer and its next scheduled event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from access.staff.markup import pill
from rooms.display.admissions import answer_text
from rooms.display.next_event import NEAR, next_event_text, short
from rooms.display.times import clock
from rooms.models import Layout, Room, RoomQuerySet, RoomStatus
from rooms.models.forecast import POLICY, forecasts
from rooms.pages.room_list.state import status_words
from rooms.rules.join_policy import Decision, JoinPolicy, Upcoming
from rooms.templatetags.times import time_tag

# A placeholder in the address of a room, so that reverse() is called once.
NO_ROOM = UUID(int=0)
# Not the description and not meta: they are long, and the list does not show them.
COLUMNS = (
    *("name", "display_name", "project_id", *POLICY, "quality", "layout"),
    *("record_on_start", "enable_room_previews", "updated_at"),
)


class RowLabels:
    """Texts that all rows share, translated once."""

    def __init__(self) -> None:
        self.pills = {status: pill(status, words) for status, words in status_words().items()}
        self.room_url = reverse("room-page", args=[NO_ROOM])
        self.layouts = {value: str(label) for value, label in Layout.choices}
        self.pick = gettext("Select %(room)s")
        self.inside = gettext("%(inside)s of %(most)s inside")


@dataclass(frozen=True)
class ListRow:
    """One room at the time `now`; `session` is its session in progress, with `inside`."""

    room: Room
    session: Any
    decision: Decision
    status: RoomStatus
    now: datetime
    words: RowLabels

    @cached_property
    def id(self) -> str:
        return str(self.room.pk)

    @property
    def pick(self) -> str:
        return self.words.pick % {"room": self.room.display_name}

    @property
    def inside(self) -> str:
        """How many are in the session, of how many; only of a room that is live."""
        counts = {"inside": self.session.inside, "most": self.session.max_members}
        return self.words.inside % counts

    @property
    def layout(self) -> str:
        return self.words.layouts[self.room.layout]

    @property
    def pill(self) -> SafeString:
        return self.words.pills[self.status]

    @cached_property
    def upcoming(self) -> Upcoming | None:
        # Members follow their session's copy of the settings.
        ahead = JoinPolicy.of(self.session or self.room).upcoming(self.now)
        return ahead[0] if ahead else None

    @property
    def answer(self) -> str:
        """Whether one more person can join."""
        return answer_text(self.decision, self.now)

    @property
    def next(self) -> str:
        """The next event, unless it is far and the answer names its time."""
        if not self.upcoming or self._is_in_answer(self.upcoming):
            return ""
        return time_tag(self.upcoming.at, next_event_text(self.upcoming, self.now))

    def _is_in_answer(self, upcoming: Upcoming) -> bool:
        return upcoming.at == self.decision.time and upcoming.at - self.now >= NEAR

    @property
    def opens(self) -> str:
        return self._short(self.room.join_from)

    @property
    def closes(self) -> str:
        return self._short(self.room.join_until)

    @property
    def everyone_leaves(self) -> str:
        """The time when everyone leaves, without the day if joining ends on the same day."""
        removal, end = self.room.remove_at, self.room.join_until
        if removal and end and localtime(removal).date() == localtime(end).date():
            return time_tag(removal, clock(localtime(removal)))
        return self._short(removal)

    def _short(self, moment: datetime | None) -> str:
        return time_tag(moment, short(moment, self.now)) if moment else ""

    @property
    def url(self) -> str:
        return self.words.room_url.replace(str(NO_ROOM), self.id)


def rows_of(rooms: Iterable[Room], now: datetime) -> list[ListRow]:
    """Return a row for each room, with one statement for all sessions."""
    words = RowLabels()
    found = forecasts(rooms, now)
    return [ListRow(one.room, one.session, one.decision, one.status, now, words) for one in found]


def columns_of(rooms: RoomQuerySet, *, with_project: bool) -> RoomQuerySet:
    """Load only the columns that a row shows."""
    if with_project:
        return rooms.select_related("project").only(*COLUMNS, "project__name")
    return rooms.only(*COLUMNS)
