"""Changes as sentences: one line a change, and the lines of a bulk edit as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from access.staff.addresses import address_of
from access.staff.compiled_rows import RowTemplate
from rooms.display.values import Moved, moved
from rooms.models.history import Action, AuthorKind, Channel, RoomChange
from rooms.pages.history.rows import display_name
from rooms.pages.history.tables import table_of
from rooms.pages.undo import FIELDS_NAMED, short_value
from rooms.templatetags.times import clock_time, when

ROOMS_NAMED = 3
TEXTS = ("id", "clock", "words", "name", "version", "revert_url", "restore_url", "table", "at")
TEXTS += ("author", "author_kind", "channel", "project", "bulk_id", "request_id")
CHANGE = RowTemplate("rooms/history/_change.html", *TEXTS)


@dataclass(frozen=True)
class LinePage:
    """The page of a line: whether it names rooms and bulk edits, and what it offers to do."""

    names_room: bool
    names_bulk: bool
    may_revert: bool
    may_restore: bool


@dataclass(frozen=True)
class ChangeLine:
    """A change as one line of `page`."""

    change: Any
    page: LinePage
    project_name: str | None = None

    @cached_property
    def fields(self) -> list[Moved]:
        return moved(self.change.changes)

    @property
    def may_revert(self) -> bool:
        """Whether the user can revert the change: its room still exists."""
        is_of_room = self.change.action == Action.CHANGED and self.change.name_now is not None
        return is_of_room and self.page.may_revert

    @property
    def may_restore(self) -> bool:
        is_gone = self.change.action == Action.DELETED and self.change.name_now is None
        return is_gone and self.page.may_restore

    def html(self) -> SafeString:
        change = self.change
        return CHANGE.fill(
            {
                **{"id": change.pk, "version": change.version, "author": change.author_name},
                **{"bulk_id": change.bulk_id, "request_id": change.request_id},
                **{"clock": clock_time(change.at), "at": when(change.at)},
                **{"words": self.words(), "name": self.room_name, "project": self.project_name},
                "table": table_of(change.action, self.fields),
                "revert_url": address_of("revert-page", change.pk),
                "restore_url": address_of("restore-page", change.pk),
                "author_kind": _labels(AuthorKind, get_language()).get(change.author_kind, ""),
                "channel": _labels(Channel, get_language()).get(change.channel, ""),
            },
            may_revert=self.may_revert,
            may_restore=self.may_restore,
            has_project=self.project_name is not None,
            is_part=bool(change.bulk_id and self.page.names_bulk),
            has_request=bool(change.request_id),
        )

    @cached_property
    def room_name(self) -> str:
        return display_name(self.change)

    def room(self) -> SafeString:
        """Return the display name as a link, and the name in the API if it is another one."""
        url, name = address_of("room-page-history", self.change.room_id), self.room_name
        link = f'<a href="{url}" dir="auto">{escape(name)}</a>'
        if name != self.change.room_name:
            link = f'{link} <span class="quiet">{escape(self.change.room_name)}</span>'
        return SafeString(link)

    def words(self) -> SafeString:
        """Return a sentence such as "staff set Capacity 12 → 15 on Ward 5"."""
        author = _author(self.change)
        if self.change.action == Action.CREATED and self.change.version > 1:
            text = gettext("{author} restored {room}")
        elif self.change.action == Action.CREATED:
            text = gettext("{author} created {room}")
        elif self.change.action == Action.DELETED:
            text = gettext("{author} deleted {room}")
        elif self.page.names_room:
            text = gettext("{author} set {fields} on {room}")
        else:
            text = gettext("{author} set {fields}")
        return format_html(text, author=author, fields=self._fields(), room=self.room())

    def _fields(self) -> SafeString:
        named = self.fields[:FIELDS_NAMED]
        words = SafeString(", ".join(map(_field, named)))
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
        rooms = ", ".join(line.room() for line in named)
        return SafeString(rooms + (", …" if self.number > len(named) else ""))

    def here(self) -> str:
        """Return how many of the rooms are on this page, if others are not."""
        if self.is_exact and self.number == len(self.lines):
            return ""
        return ngettext(
            "{number} of them on this page", "{number} of them on this page", len(self.lines)
        ).format(number=len(self.lines))


# Django's get_…_display() translates all choices for each row.
@cache
def _labels(choices: type[TextChoices], _language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


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
    return SafeString(f"<bdi>{escape(change.author_name)}</bdi>")


def _field(field: Moved) -> str:
    before, after = escape(short_value(field.before)), escape(short_value(field.after))
    values = f'<bdi class="quiet">{before}</bdi> → <bdi class="now">{after}</bdi>'
    return f"{escape(field.label)} {values}"


def _more(number: int) -> str:
    return gettext("and {number} more").format(number=number)


def lines_of(
    changes: Iterable[RoomChange], projects: dict[Any, str], page: LinePage
) -> list[ChangeLine]:
    return [ChangeLine(change, page, projects.get(change.project_id)) for change in changes]
