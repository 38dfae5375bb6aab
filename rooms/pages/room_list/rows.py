"""The rows of the list: each room, who is inside, and what the clock will do to it next."""

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
from rooms.display.next_event import next_in_words, short
from rooms.display.times import clock
from rooms.models import Layout, Room, RoomQuerySet, RoomStatus
from rooms.pages.room_list.state import status_words
from rooms.rules.join_policy import JoinPolicy, Upcoming
from rooms.templatetags.times import said_at

# Stands in an address for the rooms that it is then made for.
NO_ROOM = UUID(int=0)
SCHEDULE = ("max_members", "join_from", "join_until", "remove_at", "remove_after_seconds_elapsed")
# A description and a meta are long, and drawn nowhere here.
DRAWN = (
    *("name", "display_name", "project_id", *SCHEDULE, "quality", "layout"),
    *("record_on_start", "enable_room_previews", "updated_at"),
)


class RowLabels:
    """What rows have in common, in the active language: looked up once for all of them."""

    def __init__(self) -> None:
        self.pills = {status: pill(status, words) for status, words in status_words().items()}
        self.room_url = reverse("room-page", args=[NO_ROOM])
        self.layouts = {value: str(label) for value, label in Layout.choices}
        self.pick = gettext("Select %(room)s")


@dataclass(frozen=True)
class ListRow:
    """One room at the moment `now`; `session`, its session in progress, knows who is `inside`."""

    room: Room
    session: Any
    now: datetime
    words: RowLabels

    @cached_property
    def id(self) -> str:
        return str(self.room.pk)

    @property
    def pick(self) -> str:
        return self.words.pick % {"room": self.room.display_name}

    @property
    def layout(self) -> str:
        return self.words.layouts[self.room.layout]

    @cached_property
    def status(self) -> RoomStatus:
        return self.room.status(self.now)

    @property
    def pill(self) -> SafeString:
        return self.words.pills[self.status]

    @cached_property
    def upcoming(self) -> Upcoming | None:
        # People inside live by their session's copy of the settings.
        ahead = JoinPolicy.of(self.session or self.room).upcoming(self.now)
        return ahead[0] if ahead else None

    @property
    def next(self) -> str:
        if self.upcoming:
            return said_at(self.upcoming.at, next_in_words(self.upcoming, self.now))
        closed = self.status == RoomStatus.CLOSED
        return gettext("stays closed") if closed else gettext("stays open")

    @property
    def opens(self) -> str:
        return self._short(self.room.join_from)

    @property
    def closes(self) -> str:
        return self._short(self.room.join_until)

    @property
    def everyone_out(self) -> str:
        """The removal; on the day when joining ends, its time alone."""
        removal, end = self.room.remove_at, self.room.join_until
        if removal and end and localtime(removal).date() == localtime(end).date():
            return said_at(removal, clock(localtime(removal)))
        return self._short(removal)

    def _short(self, moment: datetime | None) -> str:
        return said_at(moment, short(moment, self.now)) if moment else ""

    @property
    def url(self) -> str:
        return self.words.room_url.replace(str(NO_ROOM), self.id)


def rows_of(rooms: Iterable[Room], now: datetime) -> list[ListRow]:
    """Return a row for each room, for one statement."""
    rooms = list(rooms)
    running = Room.objects.running_sessions([room.pk for room in rooms], *SCHEDULE)
    words = RowLabels()
    return [ListRow(room, running.get(room.pk), now, words) for room in rooms]


def columns_of(rooms: RoomQuerySet, *, with_project: bool) -> RoomQuerySet:
    """Read only what a row shows."""
    if with_project:
        return rooms.select_related("project").only(*DRAWN, "project__name")
    return rooms.only(*DRAWN)
