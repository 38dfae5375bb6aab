"""Write rooms as a CSV file with every setting, and read such a file as one edit for each row.

The import of an unedited export changes nothing. An empty cell is null. The export puts an
apostrophe before empty text and before text that a spreadsheet would run as a formula; the import
removes it.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access.values.faults import fault
from rooms.bulk.csv_records import InvalidCsv, records_of
from rooms.changes.validation import FIELDS, SETTINGS, as_json
from rooms.models import RoomQuerySet

COLUMNS = ("id", "name", "version", *SETTINGS)
# The API's list has these columns, too, so that a client can import it again.
IGNORED = ("fps", "created_at", "updated_at", "project")
MOST_ROWS = 20_000
# The export reads and sends this number of rooms at a time.
AT_ONCE = 1000
BOM = "\ufeff"

# Text that begins with apostrophes gets one, too, so that the import can remove it.
_BEHIND_APOSTROPHE = re.compile(r"'*(?:[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|\Z)")
# A program that reads the file with another delimiter begins a cell after each of these, even
# between quotation marks.
_DELIMITER = r"([;\t\r\n])"
_FORMULA = r"(?=[' \"]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_OPEN, _GUARDED = re.compile(_DELIMITER + _FORMULA), re.compile(f"{_DELIMITER}'{_FORMULA}")


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

    @property
    def values(self) -> dict[str, Any]:
        """The settings as their fields read the cells. Unreadable text stays text."""
        return {name: _value(name, cell) for name, cell in self.cells.items()}

    def as_json(self) -> str:
        """Return the row as text for `from_json`."""
        faults = {name: [fault.message, fault.code] for name, fault in self.faults.items()}
        # A database refuses some text, such as NUL, in a JSON column.
        return json.dumps([self.line, self.id, self.name, self.version, self.cells, faults])

    @classmethod
    def from_json(cls, text: str) -> "CsvRow":
        *cells, faults = json.loads(text)
        return cls(*cells, {name: ValidationError(*fault) for name, fault in faults.items()})


def write_csv(rooms: RoomQuerySet, *, bom: bool = False) -> Iterator[str]:
    """Yield a CSV file of `rooms` in parts of a thousand lines, with CRLF as in RFC 4180."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield (BOM if bom else "") + ",".join(COLUMNS) + "\r\n"
    for rows in rooms.in_batches(*COLUMNS[1:], at_once=AT_ONCE):
        columns = zip(*rows, strict=True)
        writer.writerows(zip(*map(_cells, COLUMNS, columns), strict=True))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cells(name: str, values: Sequence[Any]) -> list[str]:
    """Return the cells of a column; each distinct value is converted once."""
    if name == "meta":
        return [_cell(name, value) for value in values]
    known = {value: _cell(name, value) for value in set(values)}
    return [known[value] for value in values]


def _cell(name: str, value: Any) -> str:
    if name not in SETTINGS:
        # A spreadsheet would calculate a name such as -2-3.
        return safe(str(value))
    value = as_json(name, (value,))[0]
    return "" if value is None else safe(FIELDS[name].to_text(value))


def safe(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs as a formula, whatever its delimiter."""
    text = _OPEN.sub(r"\1'", text)
    return f"'{text}" if _BEHIND_APOSTROPHE.match(text) else text


def unsafe(cell: str) -> str:
    """Return the text of a cell that `safe` made; other cells stay unchanged."""
    is_guarded = cell.startswith("'") and _BEHIND_APOSTROPHE.match(cell[1:])
    return _GUARDED.sub(r"\1", cell[1:] if is_guarded else cell)


def read_csv(data: bytes) -> list[CsvRow]:
    """Return the rows of a file. Raises InvalidCsv if the whole file is unreadable."""
    records = records_of(data)
    _number, cells = next(records, (1, []))
    header = [name.strip() for name in cells]
    _check_header(header)
    rows = list(_rows(records, header))
    if not rows:
        raise InvalidCsv(_("The file has a header and no rows."))
    _mark_duplicates(rows)
    return rows


def _check_header(header: list[str]) -> None:
    if not {"id", "name"} & set(header):
        raise InvalidCsv(_("The first row must name the columns, with id or name among them."))
    for name in header:
        if header.count(name) > 1:
            raise InvalidCsv(_("The column {name!r} occurs twice.").format(name=name))
        if name not in COLUMNS and name not in IGNORED:
            raise InvalidCsv(
                _("There is no column {name!r}: use {columns}.").format(
                    name=name, columns=", ".join(COLUMNS)
                )
            )


def _rows(records: Iterator[tuple[int, list[str]]], header: list[str]) -> Iterator[CsvRow]:
    for number, cells in records:
        if number > MOST_ROWS + 1:
            raise InvalidCsv(_("The file has more than {most} rows.").format(most=MOST_ROWS))
        if cells:
            yield _row(number, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> CsvRow:
    if len(cells) != len(header):
        error = ValidationError(
            _("This row has {cells} cells, the header has {columns}.").format(
                cells=len(cells), columns=len(header)
            ),
            code="invalid_parameter",
        )
        return CsvRow(line, faults={"row": error})
    sent = dict(zip(header, cells, strict=True))
    faults: dict[str, ValidationError] = {}
    return CsvRow(
        line=line,
        id=sent.get("id", "").strip().lower(),
        name=unsafe(sent.get("name", "").strip()),
        version=_version(sent.get("version", "").strip(), faults),
        cells={name: sent[name] for name in SETTINGS if name in sent},
        faults=faults,
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
