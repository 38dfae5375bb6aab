"""Spreadsheets of the staff: titles, local times and words of a file."""

from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import translation

from access.values.timestamps import format_timestamp
from rooms.bulk.csv_files import read_csv
from rooms.bulk.sheet_times import UnreadableTime, time_of_cell, write_time
from rooms.bulk.sheets import EXCEL_COLUMNS, Sheet, columns_of_titles, title_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("29.11.2026 18:00", "2026-11-29T17:00:00Z"),
        ("29.11.2026, 18:00", "2026-11-29T17:00:00Z"),
        ("29.11.26 18:00:30", "2026-11-29T17:00:30Z"),
        ("9.7.2026 8:05", "2026-07-09T06:05:00Z"),
        ("29.11.2026", "2026-11-28T23:00:00Z"),
        ("2026-11-29", "2026-11-28T23:00:00Z"),
        ("2026-11-29 18:00", "2026-11-29T17:00:00Z"),
        ("2026-11-29T18:00:00", "2026-11-29T17:00:00Z"),
        ("2026-11-29T18:00:00Z", "2026-11-29T18:00:00Z"),
        ("2026-11-29 18:00+0100", "2026-11-29T17:00:00Z"),
        ("2027-10-31 02:30+02:00", "2027-10-31T00:30:00Z"),
    ],
)
def test_cell_is_read_as_a_local_time(cell, time):
    assert format_timestamp(time_of_cell(cell, BERLIN, ends_day=False)) == time


def test_day_without_a_time_includes_its_end():
    assert format_timestamp(time_of_cell("29.11.2026", BERLIN, ends_day=True)) == (
        "2026-11-29T23:00:00Z"
    )


@pytest.mark.parametrize(
    "cell",
    ["", "11/29/2026", "32.01.2027", "2026-13-01", "29.11.2026 25:00", "29.11.2026 18:00 x",
     "29.11.0001", "31.12.9999", "\uff12\uff19.11.2026", "18:00", "29.11.2026 18:00+99:00"],
)  # fmt: skip
def test_other_cells_are_refused_with_an_example(cell):
    with pytest.raises(UnreadableTime, match=r"must be a date such as 29\.11\.2026 18:00"):
        time_of_cell(cell, BERLIN, ends_day=True)


def test_time_that_clocks_skip_or_repeat_is_refused_with_a_way_on():
    with pytest.raises(UnreadableTime, match=r"does not exist at 28\.03\.2027 02:30 in Europe"):
        time_of_cell("28.03.2027 02:30", BERLIN, ends_day=False)
    with pytest.raises(UnreadableTime, match=r"Write \+02:00 or \+01:00"):
        time_of_cell("31.10.2027 02:30", BERLIN, ends_day=False)


@pytest.mark.parametrize("time", ["2027-10-31T00:30:00Z", "2027-10-31T01:30:30Z"])
def test_written_time_is_read_as_the_same_time(time):
    (row,) = read_csv(f"name,join_from\na,{time}".encode(), Sheet(BERLIN))
    moment = time_of_cell(time, BERLIN, ends_day=False)

    assert row.cells["join_from"] == time
    assert time_of_cell(write_time(moment, BERLIN), BERLIN, ends_day=False) == moment


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_titles_of_each_language_name_the_columns(language):
    with translation.override(language):
        titles = [title_of(name) for name in EXCEL_COLUMNS]

    with translation.override("en"):
        assert columns_of_titles(titles) == list(EXCEL_COLUMNS)
    assert columns_of_titles(["Room", " Max  people ", "MAX_MEMBERS", "colour"]) == [
        "name", "max_members", "max_members", "",
    ]  # fmt: skip


def test_labels_and_words_are_read_as_values():
    text = "Name;Layout;Record on start;Capacity;Note\nweekly;3 × 3;WAHR;12;x\n;;;;\n"
    (row,) = read_csv(text.encode(), Sheet(BERLIN))

    assert row.values == {"layout": "3x3", "record_on_start": True, "max_members": 12}
    assert Sheet(BERLIN).ignored(["Name", "Note", "created_at"]) == ["Note"]


def test_row_may_name_its_zone():
    text = "name,opens,time zone\na,2026-11-29 18:00,Asia/Tokyo\nb,2026-11-29 18:00,Berlin"
    first, second = read_csv(text.encode(), Sheet(BERLIN))

    assert first.cells["join_from"] == "2026-11-29T09:00:00Z"
    assert "no time zone “Berlin”" in second.faults["zone"].message
