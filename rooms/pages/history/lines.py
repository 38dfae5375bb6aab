"""Changes as sentences: one line a change, and the lines of a bulk edit as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from rooms.display.values import Moved, moved
from rooms.models.history import Action, AuthorKind, Channel, RoomChange
from rooms.pages.history.rows import display_name
from rooms.pages.history.tables import table_of
from rooms.pages.undo import FIELDS_NAMED, short_value

ROOMS_NAMED = 3


@dataclass(frozen=True)
class ChangeLine:
    """A change as one line; `names_room` is false on the page of one room."""

    change: Any
    project_name: str | None = None
    names_room: bool = True

    @cached_property
    def fields(self) -> list[Moved]:
        return moved(self.change.changes)

    @property
    def may_revert(self) -> bool:
        """Whether the change can be reverted: its room still exists."""
        return self.change.action == Action.CHANGED and self.change.name_now is not None

    def table(self) -> SafeString:
        return table_of(self.change.action, self.fields)

    # Django's get_…_display() translates all choices for each row.
    @property
    def author_kind(self) -> str:
        return _label(AuthorKind, self.change.author_kind)

    @property
    def channel(self) -> str:
        return _label(Channel, self.change.channel)

    @cached_property
    def room_name(self) -> str:
        return display_name(self.change)

    def room(self) -> SafeString:
        """Return the display name as a link, and the name in the API if it is another one."""
        url, name = reverse("room-page-history", args=[self.change.room_id]), self.room_name
        link = format_html('<a href="{}" dir="auto">{}</a>', url, name)
        if name == self.change.room_name:
            return link
        return format_html('{} <span class="quiet">{}</span>', link, self.change.room_name)

    def words(self) -> SafeString:
        """Return a sentence such as "staff set Capacity 12 → 15 on Ward 5"."""
        author = _author(self.change)
        if self.change.action == Action.CREATED:
            text = gettext("{author} created {room}")
        elif self.change.action == Action.DELETED:
            text = gettext("{author} deleted {room}")
        elif self.names_room:
            text = gettext("{author} set {fields} on {room}")
        else:
            text = gettext("{author} set {fields}")
        return format_html(text, author=author, fields=self._fields(), room=self.room())

    def _fields(self) -> SafeString:
        named = self.fields[:FIELDS_NAMED]
        words = format_html_join(", ", "{}", ((_field(field),) for field in named))
        more = len(self.fields) - len(named)
        return format_html("{} {}", words, _more(more)) if more else words


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
            text, number=number, author=_author(self.change), rooms=self._first_rooms()
        )

    def _first_rooms(self) -> SafeString:
        named = self.lines[:ROOMS_NAMED]
        rooms = format_html_join(", ", "{}", ((line.room(),) for line in named))
        return format_html("{}{}", rooms, ", …" if self.number > len(named) else "")

    def here(self) -> str:
        """Return how many of the rooms are on this page, if others are not."""
        if self.is_exact and self.number == len(self.lines):
            return ""
        return ngettext(
            "{number} of them on this page", "{number} of them on this page", len(self.lines)
        ).format(number=len(self.lines))


def _label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label) if value in choices else value


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


def _author(change: RoomChange) -> SafeString:
    return format_html("<bdi>{}</bdi>", change.author_name)


def _field(field: Moved) -> SafeString:
    before, after = short_value(field.before), short_value(field.after)
    values = '<bdi class="quiet">{}</bdi> → <bdi class="now">{}</bdi>'
    return format_html(f"{{}} {values}", field.label, before, after)


def _more(number: int) -> str:
    return gettext("and {number} more").format(number=number)


def lines_of(
    changes: Iterable[RoomChange], projects: dict[Any, str], *, names_room: bool
) -> list[ChangeLine]:
    return [ChangeLine(change, projects.get(change.project_id), names_room) for change in changes]
