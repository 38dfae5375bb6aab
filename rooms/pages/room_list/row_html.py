"""The HTML of a row of the list, kept for as long as the row shows the same."""

from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.addresses import address_of
from access.staff.compiled_rows import RowTemplate
from access.staff.markup import pill
from access.staff.times import Reader
from rooms.display.admissions import answer_text_for
from rooms.display.windows import window_in_full, window_text
from rooms.models import Layout, RoomStatus
from rooms.pages.room_list.words import status_words
from rooms.rules.join_policy import Decision

# The texts of a row by their columns; a page computes only those that it shows.
ALWAYS = ("id", "url", "pick", "title", "name", "slug")
TEXTS = {
    **{name: (name,) for name in ("project", "answer", "capacity", "video", "changed")},
    **{"status": ("state",), "when": ("when", "when_in_full")},
}
VALUES = (*ALWAYS, *(text for texts in TEXTS.values() for text in texts))
ROW = RowTemplate("rooms/list/_row.html", *VALUES)
LIVE = RowTemplate("rooms/list/_live.html", "id", "state", "answer")


class RowTexts(NamedTuple):
    """All that the texts of a row depend on, so that it can be the key of a cache.

    `room` is a tuple with the columns of the list, and `counts` are those of a live session:
    how many are inside, and how many may be. The page computes the others.
    """

    room: Any
    counts: tuple[int, int] | None
    decision: Decision
    status: RoomStatus
    reader: Reader
    project: str = ""
    changed: str = ""
    picture: SafeString = SafeString("")

    @property
    def id(self) -> str:
        return str(self.room.id)

    @property
    def url(self) -> str:
        return address_of("room-page", self.room.id)

    @property
    def pick(self) -> str:
        return gettext("Select %(room)s") % {"room": self.room.display_name}

    @property
    def name(self) -> str:
        return str(self.room.display_name)

    @property
    def slug(self) -> str:
        """The name in URLs, unless the display name is the same."""
        return "" if self.room.name == self.room.display_name else self.room.name

    @property
    def title(self) -> str:
        """Both names in full, because a row clips them."""
        return f"{self.name}\n{self.slug}".strip()

    @property
    def state(self) -> SafeString:
        """The pill of the status; of a live room also its picture and how many are inside."""
        pills = _pills(self.reader.language)
        shown = pills[self.status]
        if not self.counts:
            return shown
        inside, most = self.counts
        words = gettext("%(inside)s of %(most)s") % {"inside": inside, "most": most}
        state = f"{self.picture}{pills['live']} {escape(words)}"
        return SafeString(state if self.status == RoomStatus.OPEN else f"{state} {shown}")

    @property
    def answer(self) -> str:
        """Whether one more person can join."""
        return answer_text_for(self.reader, self.decision)

    @property
    def when(self) -> str:
        is_closed = self.status is RoomStatus.CLOSED
        return window_text(self.reader, self.room, is_closed=is_closed)

    @property
    def when_in_full(self) -> str:
        return window_in_full(*self.reader[:2], self.room)

    @property
    def capacity(self) -> int:
        return int(self.room.max_members)

    @property
    def video(self) -> str:
        room = self.room
        parts = [room.quality, str(Layout(room.layout).label)]
        parts += [gettext("records")] if room.record_on_start else []
        parts += [gettext("previews")] if room.enable_room_previews else []
        return " · ".join(parts)


# The next page mostly has the same rows. A row takes 2 kB.
@lru_cache(maxsize=2048)
def row_html(row: RowTexts, shows: tuple[str, ...], may_pick: bool) -> SafeString:
    """Return a row with the columns that a page shows."""
    names = (*ALWAYS, *(text for column in shows for text in TEXTS.get(column, ())))
    values = {name: getattr(row, name) for name in names}
    return ROW.fill(values, shows=shows, may_pick=may_pick)


def live_html(row: RowTexts, shows: tuple[str, ...]) -> SafeString:
    """Return the parts of a row that change while the page is open."""
    return LIVE.fill({"id": row.id, "state": row.state, "answer": row.answer}, shows=shows)


@cache
def _pills(_language: str | None) -> dict[str, SafeString]:
    words = {**status_words(), "live": gettext("Live")}
    return {status: pill(status, text) for status, text in words.items()}
