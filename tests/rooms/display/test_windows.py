"""The schedule of a room in one line."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from access.staff.times import reader_at
from rooms.display.periods import DASH
from rooms.display.windows import window_in_full, window_text
from rooms.models.room_queryset import RoomStatus, window_status
from rooms.rules.join_policy import SCHEDULE

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def room(*times):
    moments = (datetime.fromisoformat(f"2026-11-{time}Z") if time else None for time in times)
    return SimpleNamespace(**dict(zip(SCHEDULE, moments, strict=True)))


@pytest.mark.parametrize(
    ("times", "text"),
    [
        (("", "", ""), "Always open"),
        (("", "", "24T18:00"), "everyone leaves today 18:00"),
        (("", "", "24T11:00"), "Closed"),
        (("25T09:00", "", ""), "from tomorrow 09:00"),
        (("", "24T18:00", ""), "until today 18:00"),
        (("", "24T18:00", "24T18:30"), "until today 18:00, everyone leaves 18:30"),
        (("24T08:00", "24T22:00", ""), "today 08:00 - 22:00"),
        # A time of the next day is clear without its day if it follows soon.
        (("24T22:30", "25T00:00", "25T01:00"), "today 22:30 - 00:00, everyone leaves 01:00"),
        (("24T08:00", "25T08:00", ""), "today 08:00 - tomorrow 08:00"),
        (
            ("24T08:00", "26T18:00", "25T18:00"),
            "today 08:00 - Thu 26 Nov 18:00, everyone leaves tomorrow 18:00",
        ),
    ],
)
def test_window_is_one_line(times, text):
    one = room(*times)
    is_closed = window_status(one, NOON) is RoomStatus.CLOSED
    assert window_text(reader_at(NOON), one, is_closed=is_closed).replace(DASH, "-") == text


def test_window_in_full_names_each_day():
    found = window_in_full(*reader_at(NOON)[:2], room("24T22:30", "25T00:00", ""))

    assert found.replace(DASH, "-") == "Tue 24 Nov 2026 22:30:00 UTC - Wed 25 Nov 2026 00:00:00 UTC"
    assert window_in_full(*reader_at(NOON)[:2], room("", "", "")) == ""
