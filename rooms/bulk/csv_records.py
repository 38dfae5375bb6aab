"""Split a CSV file into records, which are numbered as the rows of a spreadsheet are."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*(?:"|\Z)')
# The first record ends at the first line end that is not quoted.
_FIRST_RECORD = re.compile(rf'(?:[^"\r\n]+|{_QUOTED.pattern})*')


class InvalidCsv(Exception):
    """The whole file is unreadable, so no row was imported."""


def records_of(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the row number and the cells of each record; the header is row 1.

    Lines end with CR, LF or CRLF. A blank line counts, and has no cells. Raises InvalidCsv.
    """
    text = _decoded(data)
    reader = _reader(text, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            yield row, cells
    except csv.Error as invalid:
        message = _("Row {row} is not CSV: {why}.")
        raise InvalidCsv(message.format(row=row + 1, why=invalid)) from None


def heading_of(data: bytes) -> tuple[list[str], str]:
    """Return the cells of the first record, and the delimiter. Raises InvalidCsv."""
    return next(records_of(data), (1, []))[1], _delimiter(_decoded(data))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as invalid:
        before = invalid.object[: invalid.start].decode()
        message = _("The file is not UTF-8: see row {row}. Save it as CSV UTF-8.")
        raise InvalidCsv(message.format(row=_last_row(before))) from None


def _last_row(text: str) -> int:
    """Return the row of a character that follows `text`."""
    row = 0
    try:
        for _cells in _reader(f"{text}?", strict=False):
            row += 1
    except csv.Error:
        row += 1
    return row


def _reader(text: str, *, strict: bool) -> Iterator[list[str]]:
    # Lines end with CR, LF or CRLF if newline is empty text; quoted ones stay as they are.
    file = io.StringIO(text, newline="")
    return csv.reader(file, delimiter=_delimiter(text), strict=strict)


def _delimiter(text: str) -> str:
    # Spreadsheets in many European countries write semicolons; no column name has one.
    found = _FIRST_RECORD.match(text)
    header = _QUOTED.sub("", found[0] if found else "")
    return ";" if header.count(";") > header.count(",") else ","
