"""The lines of a bulk edit as one sentence."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from rooms.models.history import Channel, RoomChange
from rooms.pages.history.lines import ChangeLine, author_tag

ROOMS_NAMED = 3


@dataclass(frozen=True)
class BulkLine:
    """The lines of one bulk edit that follow each other on a page.

    `number` counts all its rooms, also those on other pages, as far as they were counted.
    """

    lines: list[ChangeLine]
    number: int
    is_exact: bool

    @property
    def change(self) -> RoomChange:
        found: RoomChange = self.lines[0].change
        return found

    def words(self) -> SafeString:
        """Return a sentence such as "Bulk edit of 5 rooms by staff: Ward 5, Ward 6, Ward 7"."""
        number = str(self.number) if self.is_exact else f"{self.number}+"
        text = _bulk_words(self.change, self.number)
        return format_html(
            text, number=number, author=author_tag(self.change), rooms=self._first_rooms()
        )

    def _first_rooms(self) -> SafeString:
        named = self.lines[:ROOMS_NAMED]
        rooms = ", ".join(line.room() for line in named)
        return SafeString(rooms + (", …" if self.number > len(named) else ""))

    def here(self) -> str:
        """Return how many of the rooms are on this page, if others are not."""
        if self.is_exact and self.number == len(self.lines):
            return ""
        return ngettext(
            "{number} of them on this page", "{number} of them on this page", len(self.lines)
        ).format(number=len(self.lines))


def _bulk_words(change: RoomChange, number: int) -> str:
    if change.channel == Channel.CSV:
        return ngettext(
            "Import of {number} room by {author}: {rooms}",
            "Import of {number} rooms by {author}: {rooms}",
            number,
        )
    if change.channel == Channel.REVERT:
        return ngettext(
            "Undo of a bulk edit of {number} room by {author}: {rooms}",
            "Undo of a bulk edit of {number} rooms by {author}: {rooms}",
            number,
        )
    return ngettext(
        "Bulk edit of {number} room by {author}: {rooms}",
        "Bulk edit of {number} rooms by {author}: {rooms}",
        number,
    )
