"""Spreadsheets of the staff: titles, labels and local times instead of the API's values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from access.staff.zones import zone_names
from access.values.timestamps import format_timestamp
from rooms.bulk.csv_cells import AT_ONCE, COLUMNS, cell_of, csv_parts, safe, unsafe
from rooms.bulk.csv_files import IGNORED
from rooms.bulk.sheet_times import UnreadableTime, time_of_cell, write_time
from rooms.changes.validation import FIELDS
from rooms.display.values import label
from rooms.models import RoomQuerySet
from rooms.rules.fields import StrictBooleanField, StrictChoiceField, TimestampField
from rooms.rules.join_policy import SCHEDULE

ZONE = "zone"
TITLES = {
    "id": gettext_noop("ID"),
    "version": gettext_noop("Version"),
    ZONE: gettext_noop("Time zone"),
    "remove_after_seconds_elapsed": gettext_noop("Time limit per person (seconds)"),
}
# Titles of the list of rooms and of earlier releases.
OTHER_TITLES = {
    "room": "name", "max people": "max_members", "max members": "max_members",
    "join from": "join_from", "join until": "join_until", "remove at": "remove_at",
}  # fmt: skip
EXCEL_COLUMNS = (*COLUMNS, ZONE)
_WORDS = {"wahr": "true", "falsch": "false", "ja": "true", "nein": "false"}
_YES_NO = {gettext_noop("yes"): "true", gettext_noop("no"): "false"}


@dataclass(frozen=True)
class Sheet:
    """How the cells of a file are read: its local times are in `zone`."""

    zone: ZoneInfo

    def columns(self, header: list[str]) -> list[str]:
        """Return the column of each title, in any of our languages; empty text for others."""
        return columns_of_titles(header)

    def ignored(self, header: list[str]) -> list[str]:
        """Return the titles of the columns that an import does not read."""
        pairs = zip(header, self.columns(header), strict=True)
        return [title for title, name in pairs if not name and title not in ("", *IGNORED)]

    def read(
        self, cells: Mapping[str, str], zone: str
    ) -> tuple[dict[str, str], dict[str, ValidationError]]:
        """Return the cells as the API writes them, and the faults of the others."""
        read: dict[str, str] = {}
        faults: dict[str, ValidationError] = {}
        here = self._zone(zone, faults)
        for name, cell in cells.items():
            read[name] = cell
            try:
                read[name] = _canonical(name, cell.strip(), here) or cell
            except UnreadableTime as unreadable:
                words = f"{label(name)} {unreadable}"
                faults[name] = ValidationError(words, code="not_a_datetime")
        return read, faults

    def _zone(self, name: str, faults: dict[str, ValidationError]) -> ZoneInfo:
        if not name or name in zone_names():
            return ZoneInfo(name) if name else self.zone
        words = _("There is no time zone “{name}”: use a name such as Europe/Berlin.")
        faults[ZONE] = ValidationError(words.format(name=name[:40]), code="invalid_parameter")
        return self.zone


def columns_of_titles(header: list[str]) -> list[str]:
    """Return the column of each title, in any of our languages; empty text for others."""
    known = _titles()
    return [known.get(_folded(title), "") for title in header]


def _canonical(name: str, cell: str, zone: ZoneInfo) -> str:
    """Return the API's text of a cell; empty text if the cell has it already."""
    field = FIELDS[name]
    if isinstance(field, TimestampField) and cell:
        moment = time_of_cell(cell, zone, ends_day=name != SCHEDULE[0])
        return format_timestamp(moment)
    if isinstance(field, StrictBooleanField | StrictChoiceField):
        return _words_of(name).get(_folded(cell), "")
    return ""


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()


def _in_each_language(words: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {_folded(text): meaning for text, meaning in words().items()}
    return found


@cache
def _titles() -> dict[str, str]:
    labels = _in_each_language(lambda: {label(name): name for name in COLUMNS})
    titles = _in_each_language(lambda: {title_of(name): name for name in EXCEL_COLUMNS})
    return OTHER_TITLES | labels | titles | {name: name for name in EXCEL_COLUMNS}


@cache
def _words_of(name: str) -> dict[str, str]:
    """Return the API's text by each label of a choice, or by each word for yes and no."""
    field = FIELDS[name]
    if isinstance(field, StrictBooleanField):
        return _WORDS | _in_each_language(lambda: {_(word): v for word, v in _YES_NO.items()})
    return _in_each_language(lambda: {str(text): value for value, text in field.choices})


def title_of(name: str) -> str:
    """Return the title of a column in the active language."""
    return _(TITLES[name]) if name in TITLES else label(name)


def write_sheet(rooms: RoomQuerySet, zone: ZoneInfo) -> Iterator[str]:
    """Return a file for Excel in parts: semicolons, titles, local times, and their zone."""
    batches = (
        [_excel_row(row, zone) for row in rows]
        for rows in rooms.in_batches(*COLUMNS[1:], at_once=AT_ONCE)
    )
    return csv_parts([title_of(name) for name in EXCEL_COLUMNS], batches, delimiter=";")


def _excel_row(row: tuple[Any, ...], zone: ZoneInfo) -> list[str]:
    cells = [
        write_time(value, zone) if name in SCHEDULE and value else cell_of(name, value)
        for name, value in zip(COLUMNS, row, strict=True)
    ]
    return [*cells, zone.key]


def write_refused(
    header: list[str], delimiter: str, rows: Iterator[tuple[list[str], list[str]]]
) -> Iterator[str]:
    """Return refused rows as a file in parts: the cells as sent, then the faults of the row."""
    lines = (
        [[*(safe(unsafe(cell)) if cell else "" for cell in record), safe(" ".join(faults))]]
        for record, faults in rows
    )
    return csv_parts([*header, _("error")], lines, delimiter=delimiter)
