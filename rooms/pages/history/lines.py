"""Changes as sentences: one line a change."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db.models import TextChoices
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from access.staff.addresses import address_of
from access.staff.compiled_rows import RowTemplate
from access.staff.times import Reader
from rooms.display.values import Moved, moved
from rooms.models.history import Action, AuthorKind, Channel, RoomChange
from rooms.pages.history.rows import display_name
from rooms.pages.history.tables import table_of
from rooms.pages.undo import FIELDS_NAMED, short_value
from rooms.templatetags.times import clock_time, when

TEXTS = ("id", "clock", "words", "name", "version", "revert_url", "restore_url", "table", "at")
TEXTS += ("author", "author_kind", "channel", "project", "bulk_id", "request_id")
CHANGE = RowTemplate("rooms/history/_change.html", *TEXTS)
# The columns of a change that its line shows, and those of them that are JSON.
SHOWN = ("pk", "at", "room_id", "room_name", "name_now", "version", "action", "author_kind")
SHOWN += ("author_name", "channel", "request_id", "bulk_id")
SETTINGS = ("changes", "last_settings")


@dataclass(frozen=True)
class LinePage:
    """The page of a line: whether it names rooms and bulk edits, and what it offers to do.

    `reader` is all that the texts of its times depend on.
    """

    reader: Reader
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
    # Only a bulk edit has lines; without this, the template's question would cost an exception.
    lines: ClassVar[tuple[()]] = ()

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
        values = tuple(getattr(self.change, name) for name in SHOWN)
        settings = tuple(json.dumps(getattr(self.change, name)) for name in SETTINGS)
        return _line_html(values, settings, self.page, self.project_name)

    def write(self) -> SafeString:
        """Return html() without a look at lines that were written before."""
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
        author = author_tag(self.change)
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


# History rows never change, and the next page mostly shows the same ones. A line has 2 to 20 kB.
@lru_cache(maxsize=512)
def _line_html(
    values: tuple[Any, ...], settings: tuple[str, ...], page: LinePage, project_name: str | None
) -> SafeString:
    """Write a line from nothing but its arguments, so that it cannot be out of date."""
    read = {name: json.loads(text) for name, text in zip(SETTINGS, settings, strict=True)}
    change = SimpleNamespace(**dict(zip(SHOWN, values, strict=True)), **read)
    return ChangeLine(change, page, project_name).write()


# Django's get_…_display() translates all choices for each row.
@cache
def _labels(choices: type[TextChoices], _language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def author_tag(change: Any) -> SafeString:
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
