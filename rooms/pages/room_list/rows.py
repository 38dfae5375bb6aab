"""The rows of the list: each room with its session, its answer and its schedule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.addresses import address_of
from access.staff.compiled_rows import RowTemplate
from access.staff.markup import pill
from access.staff.times import reader_at, time_tag
from rooms.display.admissions import answer_text_for
from rooms.display.times import relative
from rooms.display.windows import window_in_full, window_text
from rooms.models import Layout, RoomQuerySet, RoomStatus
from rooms.models.forecast import POLICY, forecasts
from rooms.pages.room_list.words import status_words
from rooms.rules.join_policy import Decision

NO_PROJECTS: Mapping[str, str] = MappingProxyType({})
# Not the description and not meta: they are long, and the list does not show them.
COLUMNS = (
    *("id", "name", "display_name", "project_id", *POLICY, "quality", "layout"),
    *("record_on_start", "enable_room_previews", "updated_at"),
)
# The texts of a row by their columns; a page computes only those that it shows.
ALWAYS = ("id", "url", "pick", "title", "name", "slug")
TEXTS = {
    **{name: (name,) for name in ("project", "answer", "capacity", "video", "changed")},
    **{"status": ("state",), "when": ("when", "when_in_full")},
}
VALUES = (*ALWAYS, *(text for texts in TEXTS.values() for text in texts))
ROW = RowTemplate("rooms/list/_row.html", *VALUES)
LIVE = RowTemplate("rooms/list/_live.html", "id", "state", "answer")


class RowLabels:
    """Values that all rows share: texts, the reader, and the names of known projects by id."""

    def __init__(self, projects: Mapping[str, str], now: datetime) -> None:
        self.projects, self.reader = projects, reader_at(now)
        self.pills = {status: pill(status, words) for status, words in status_words().items()}
        self.live = pill("live", gettext("Live"))
        self.inside = gettext("%(inside)s of %(most)s")
        self.layouts = {value: str(label) for value, label in Layout.choices}
        self.records, self.previews = gettext("records"), gettext("previews")
        self.pick = gettext("Select %(room)s")


@dataclass(frozen=True)
class ListRow:
    """A room with the texts of its row at the time `now`; `room` has only COLUMNS.

    `session` is the session in progress, with the number `inside`.
    """

    room: Any
    session: Any
    decision: Decision
    status: RoomStatus
    now: datetime
    words: RowLabels

    def html(self, shows: Iterable[str], *, may_pick: bool) -> SafeString:
        """Return the row with the columns that a page shows."""
        return html_of([self], shows, may_pick=may_pick)

    def live_html(self, shows: Iterable[str]) -> SafeString:
        """Return the parts of the row that change while the page is open."""
        values = {"id": self.id, "state": self.state, "answer": self.answer}
        return LIVE.fill(values, shows=tuple(shows))

    @property
    def id(self) -> str:
        return str(self.room.id)

    @property
    def url(self) -> str:
        return address_of("room-page", self.room.id)

    @property
    def pick(self) -> str:
        return self.words.pick % {"room": self.room.display_name}

    @property
    def name(self) -> str:
        return self.room.display_name

    @property
    def slug(self) -> str:
        """The name in URLs, unless the display name is the same."""
        return "" if self.room.name == self.room.display_name else self.room.name

    @property
    def title(self) -> str:
        """Both names in full, because a row clips them."""
        return f"{self.name}\n{self.slug}".strip()

    @property
    def project(self) -> str:
        known = self.words.projects.get(str(self.room.project_id))
        return known or str(self.room.project__name)

    @property
    def state(self) -> SafeString:
        """The pill of the status; of a live room also how many are inside."""
        pill = self.words.pills[self.status]
        if not self.session:
            return pill
        counts = {"inside": self.session.inside, "most": self.session.max_members}
        state = f"{self.words.live} {escape(self.words.inside % counts)}"
        return SafeString(state if self.status == RoomStatus.OPEN else f"{state} {pill}")

    @property
    def answer(self) -> str:
        """Whether one more person can join."""
        return answer_text_for(self.words.reader, self.decision)

    @property
    def when(self) -> str:
        return window_text(self.words.reader, self.room, self.now)

    @property
    def when_in_full(self) -> str:
        return window_in_full(*self.words.reader[:2], self.room)

    @property
    def capacity(self) -> int:
        return self.room.max_members

    @property
    def video(self) -> str:
        room, words = self.room, self.words
        parts = [room.quality, words.layouts[room.layout]]
        parts += [words.records] if room.record_on_start else []
        parts += [words.previews] if room.enable_room_previews else []
        return " · ".join(parts)

    @property
    def changed(self) -> SafeString:
        return time_tag(self.room.updated_at, relative(self.room.updated_at, self.now))


def rows_of(
    rooms: Iterable[Any], now: datetime, projects: Mapping[str, str] = NO_PROJECTS
) -> list[ListRow]:
    """Return a row for each room, with one statement for all sessions."""
    words = RowLabels(projects, now)
    found = forecasts(rooms, now)
    return [ListRow(one.room, one.session, one.decision, one.status, now, words) for one in found]


def html_of(rows: Iterable[ListRow], shows: Iterable[str], *, may_pick: bool) -> SafeString:
    """Return the rows with the columns that a page shows."""
    columns = tuple(shows)
    names = (*ALWAYS, *(text for column in columns for text in TEXTS.get(column, ())))
    fill = ROW.filler(shows=columns, may_pick=may_pick)
    values = ({name: getattr(row, name) for name in names} for row in rows)
    return SafeString("\n".join(map(fill, values)))


def columns_of(rooms: RoomQuerySet, *more: str) -> Any:
    """Read tuples with only the columns that a row needs: models take several times as long."""
    return rooms.values_list(*dict.fromkeys((*COLUMNS, *more)), named=True)
