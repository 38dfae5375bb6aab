"""The columns of a CSV file of rooms, and cells that no spreadsheet runs as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rooms.changes.validation import FIELDS, SETTINGS, as_json

COLUMNS = ("id", "name", "version", *SETTINGS)
# An export reads and sends this number of rooms at a time.
AT_ONCE = 1000
BOM = "\ufeff"

# Text that begins with apostrophes gets one, too, so that the import can remove it.
_BEHIND_APOSTROPHE = re.compile(r"'*(?:[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|\Z)")
# A program that reads the file with another delimiter begins a cell after each of these, even
# between quotation marks.
_DELIMITER = r"([;\t\r\n])"
_FORMULA = r"(?=[' \"]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_OPEN, _GUARDED = re.compile(_DELIMITER + _FORMULA), re.compile(f"{_DELIMITER}'{_FORMULA}")


def safe(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs as a formula, whatever its delimiter."""
    text = _OPEN.sub(r"\1'", text)
    return f"'{text}" if _BEHIND_APOSTROPHE.match(text) else text


def unsafe(cell: str) -> str:
    """Return the text of a cell that `safe` made; other cells stay unchanged."""
    is_guarded = cell.startswith("'") and _BEHIND_APOSTROPHE.match(cell[1:])
    return _GUARDED.sub(r"\1", cell[1:] if is_guarded else cell)


def cell_of(name: str, value: Any) -> str:
    """Return the cell of a value in the column `name`; an empty cell is null."""
    if name not in SETTINGS:
        # A spreadsheet would calculate a name such as -2-3.
        return safe(str(value))
    value = as_json(name, (value,))[0]
    return "" if value is None else safe(FIELDS[name].to_text(value))


def csv_parts(
    header: Sequence[str],
    batches: Iterable[Iterable[Sequence[str]]],
    *,
    delimiter: str = ",",
    bom: bool = True,
) -> Iterator[str]:
    """Yield a CSV file: its header, then a part for each batch, with CRLF as in RFC 4180."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    buffer.write(BOM if bom else "")
    writer.writerow(header)
    yield buffer.getvalue()
    for rows in batches:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(rows)
        yield buffer.getvalue()
