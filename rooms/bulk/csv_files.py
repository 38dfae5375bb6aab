"""Write rooms as a CSV file with every setting, and read such a file as one edit for each row.

The import of an unedited export changes nothing. An empty cell is null. The export puts an
apostrophe before empty text and before text that a spreadsheet would run as a formula; the import
removes it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access.values.faults import fault
from rooms.bulk.csv_cells import AT_ONCE, COLUMNS, cell_of, csv_parts, unsafe
from rooms.bulk.csv_records import InvalidCsv, records_of
from rooms.changes.validation import FIELDS, SETTINGS
from rooms.models import RoomQuerySet

# The API's list has these columns, too, so that a client can import it again.
IGNORED = ("fps", "created_at", "updated_at", "project")
MOST_ROWS = 20_000


@dataclass(frozen=True)
class CsvRow:
    """One row of a file: the room, its version, and the settings."""

    # Its number in a spreadsheet; the header is row 1.
    line: int
    id: str = ""
    name: str = ""
    version: int | None = None
    # The text by setting, for the columns of the file.
    cells: dict[str, str] = field(default_factory=dict)
    faults: dict[str, ValidationError] = field(default_factory=dict)
    # All cells as they were sent, if the file is a spreadsheet.
    record: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """The settings as their fields read the cells. Unreadable text stays text."""
        return {name: _value(name, cell) for name, cell in self.cells.items()}

    def as_json(self) -> str:
        """Return the row as text for `from_json`."""
        faults = {name: [fault.message, fault.code] for name, fault in self.faults.items()}
        # A database refuses some text, such as NUL, in a JSON column.
        row = [self.line, self.id, self.name, self.version, self.cells, faults, self.record]
        return json.dumps(row)

    @classmethod
    def from_json(cls, text: str) -> "CsvRow":
        line, room_id, name, version, cells, faults, *record = json.loads(text)
        read = {name: ValidationError(*fault) for name, fault in faults.items()}
        return cls(line, room_id, name, version, cells, read, *record)


class CellReader(Protocol):
    """Reads titles and cells that are not the API's."""

    def columns(self, header: list[str]) -> list[str]:
        """Return the column of each title; empty text for a title to ignore."""
        ...

    def read(
        self, cells: Mapping[str, str], zone: str
    ) -> tuple[dict[str, str], dict[str, ValidationError]]:
        """Return the cells as the API writes them, and the faults of the others."""
        ...


def write_csv(rooms: RoomQuerySet, *, bom: bool = False) -> Iterator[str]:
    """Return a CSV file of `rooms` in parts of a thousand lines."""
    batches = (
        zip(*map(_cells, COLUMNS, zip(*rows, strict=True)), strict=True)
        for rows in rooms.in_batches(*COLUMNS[1:], at_once=AT_ONCE)
    )
    return csv_parts(COLUMNS, batches, bom=bom)


def _cells(name: str, values: Sequence[Any]) -> list[str]:
    """Return the cells of a column; each distinct value is converted once."""
    if name == "meta":
        return [cell_of(name, value) for value in values]
    known = {value: cell_of(name, value) for value in set(values)}
    return [known[value] for value in values]


def read_csv(data: bytes, reader: CellReader | None = None) -> list[CsvRow]:
    """Return the rows of a file; `reader` reads a spreadsheet of the staff.

    Raises InvalidCsv if the whole file is unreadable.
    """
    records = records_of(data)
    _number, cells = next(records, (1, []))
    titles = [name.strip() for name in cells]
    header = reader.columns(titles) if reader else titles
    _check_header(header, titles)
    rows = list(_rows(records, header, reader))
    if not rows:
        raise InvalidCsv(_("The file has a header and no rows."))
    _mark_duplicates(rows)
    return rows


def _check_header(header: list[str], titles: list[str]) -> None:
    if not {"id", "name"} & set(header):
        raise InvalidCsv(_("The first row must name the columns, with id or name among them."))
    for name, title in zip(header, titles, strict=True):
        if name and header.count(name) > 1:
            raise InvalidCsv(_("The column {name!r} occurs twice.").format(name=title))
        if header is titles and name not in COLUMNS and name not in IGNORED:
            raise InvalidCsv(
                _("There is no column {name!r}: use {columns}.").format(
                    name=name, columns=", ".join(COLUMNS)
                )
            )


def _rows(
    records: Iterator[tuple[int, list[str]]], header: list[str], reader: CellReader | None
) -> Iterator[CsvRow]:
    for number, cells in records:
        if number > MOST_ROWS + 1:
            raise InvalidCsv(_("The file has more than {most} rows.").format(most=MOST_ROWS))
        # A spreadsheet writes delimiters for blank rows.
        if any(cells) if reader else cells:
            yield _row(number, header, cells, reader)


def _row(line: int, header: list[str], cells: list[str], reader: CellReader | None) -> CsvRow:
    record = cells if reader else []
    if len(cells) != len(header):
        error = ValidationError(
            _("This row has {cells} cells, the header has {columns}.").format(
                cells=len(cells), columns=len(header)
            ),
            code="invalid_parameter",
        )
        return CsvRow(line, faults={"row": error}, record=record)
    sent = dict(zip(header, cells, strict=True))
    values = {name: sent[name] for name in SETTINGS if name in sent}
    faults: dict[str, ValidationError] = {}
    if reader:
        values, faults = reader.read(values, sent.get("zone", "").strip())
    return CsvRow(
        line=line,
        id=sent.get("id", "").strip().lower(),
        name=unsafe(sent.get("name", "").strip()),
        version=_version(sent.get("version", "").strip(), faults),
        cells=values,
        faults=faults,
        record=record,
    )


def _value(name: str, cell: str) -> Any:
    return FIELDS[name].from_text(unsafe(cell)) if cell else None


def _version(text: str, faults: dict[str, ValidationError]) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        faults["version"] = fault("version", "not_an_integer", _("must be a whole number"), text)
        return None
    return int(text)


def _mark_duplicates(rows: list[CsvRow]) -> None:
    for key in ("id", "name"):
        first: dict[str, int] = {}
        for row in rows:
            value = getattr(row, key)
            if value and value in first:
                row.faults[key] = ValidationError(
                    _("{key} occurs in row {row}, too.").format(key=key, row=first[value]),
                    code="invalid_parameter",
                )
            elif value:
                first[value] = row.line
