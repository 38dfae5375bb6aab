"""CSV files: the delimiter, the ends of lines, and the numbers of rows."""

import csv
import io

import pytest

from rooms.bulk.csv_files import InvalidCsv, read_csv
from tests.factories import RoomFactory
from tests.support import csv_pages
from tests.support.bulk_pages import job
from tests.support.csv_files import refusals
from tests.support.html import log_in

ENDS = pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["CR", "LF", "CRLF"])
DELIMITERS = pytest.mark.parametrize("delimiter", [",", ";"], ids=["comma", "semicolon"])
OTHERS = {",": "one; two; three; four; five; six", ";": "one, two, three, four, five, six"}


def file_of(*rows, delimiter=",", end="\r\n", quoting=csv.QUOTE_ALL):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return file.getvalue()


@ENDS
@DELIMITERS
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_delimiter_is_that_of_the_first_record(room, post_csv, end, delimiter, quoting):
    rows = (("name", "max_members", "description"), (room.name, 8, OTHERS[delimiter]))
    text = file_of(*rows, delimiter=delimiter, end=end, quoting=quoting)

    assert post_csv(text).json()["counts"]["changed"] == 1

    room.refresh_from_db()
    assert (room.max_members, room.description) == (8, OTHERS[delimiter])


@DELIMITERS
def test_delimiter_inside_a_quoted_column_name_does_not_count(delimiter):
    other = {",": ";", ";": ","}[delimiter]
    header = ("name", f"a{other * 9}\nb{other}", "max_members")

    with pytest.raises(InvalidCsv, match="There is no column"):
        read_csv(file_of(header, delimiter=delimiter).encode())


@ENDS
def test_quoted_line_breaks_are_kept(room, post_csv, end):
    text = file_of(("name", "description"), (room.name, "two\nlines\r\nand more"), end=end)

    assert post_csv(text).json()["applied"]

    room.refresh_from_db()
    assert room.description == "two\nlines\r\nand more"


@ENDS
@pytest.mark.parametrize("broken", ["a\nb\n\nc", "a\r\nb", "a\r\rb"], ids=ascii)
def test_refused_row_has_its_number_in_a_spreadsheet(project, post_csv, end, broken):
    rooms = [RoomFactory(project=project) for _ in range(4)]
    rows = [(room.name, 8, broken) for room in rooms[:3]]
    header = ("name", "max_members", "description")
    text = file_of(header, *rows, (rooms[3].name, 0, "x"), end=end)

    found = refusals(post_csv(text))

    assert found[5] == {"max_members": "invalid_parameter"}
    assert "\r" not in broken.replace("\r\n", "") or list(found) == [2, 3, 4, 5]


@ENDS
def test_blank_line_counts_as_a_row(room, post_csv, end):
    text = file_of(("name", "max_members"), (), (), (room.name, 0), end=end)

    assert refusals(post_csv(text)) == {4: {"max_members": "invalid_parameter"}}


BROKEN = "two\nlines"


@ENDS
@pytest.mark.parametrize(
    ("last", "words"),
    [
        (b'b,"open', "Row 4 is not CSV: unexpected end of data."),
        (b'b,"x"y', "Row 4 is not CSV: ',' expected after '\"'."),
        (b"b,\xff", "The file is not UTF-8: see row 4."),
        (b'b,"one\ntwo\xff', "The file is not UTF-8: see row 4."),
    ],
)
def test_unreadable_record_is_named_by_its_row(end, last, words):
    rows = file_of(("name", "description"), ("x", BROKEN), ("a", BROKEN), end=end).encode()

    with pytest.raises(InvalidCsv) as refusal:
        read_csv(rows + last)

    assert str(refusal.value).startswith(words)


def test_bytes_before_the_first_record_are_row_one():
    for data in (b"\xff", b"\xef\xbb\xbf\xff", b"name,\xff"):
        with pytest.raises(InvalidCsv, match="see row 1"):
            read_csv(data)


def test_name_that_occurs_twice_names_the_row(post_csv, room):
    text = file_of(("name", "description"), (room.name, BROKEN), ("other", ""), (room.name, ""))

    [error, *_more] = post_csv(text).json()["results"][1]["errors"]

    assert error["message"] == "name occurs in row 2, too."


@ENDS
def test_import_page_shows_the_same_rows(client, project, end):
    log_in(client)
    one, other = RoomFactory.create_batch(2, project=project)
    rows = ((one.name, 8, BROKEN), (other.name, 0, "x"))
    text = file_of(("name", "max_members", "description"), *rows, end=end)

    page = csv_pages.send(client, project, text).content.decode()

    assert dict(job().rooms.values_list("outcome", "line")) == {"changed": 2, "refused": 3}
    assert 'data-label="Row">3<' in page
