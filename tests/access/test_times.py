"""The functions that write every time on a page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from access.staff.times import exact_time_text, time_tag, time_text, time_texts

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_berlin():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "today 09:00"),
        (NOW + timedelta(seconds=5), "today 09:00"),
        # 23:30 UTC is the next day in Berlin.
        (NOW + 15.5 * HOUR, "tomorrow 00:30"),
        (NOW - DAY, "yesterday 09:00"),
        (NOW + 2 * DAY, "Thu 26 Nov 09:00"),
        (NOW + 60 * DAY, "Sat 23 Jan 2027 09:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sun 25 Oct 02:30 (UTC+02:00)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sun 25 Oct 02:30 (UTC+01:00)"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Sun 28 Mar 2027 03:00"),
    ],
)
def test_time_is_shown_with_its_day(moment, words):
    assert time_text(moment, NOW) == words


def test_known_day_is_not_repeated():
    assert time_text(NOW, NOW, known=NOW.date()) == "09:00"
    assert time_text(NOW + DAY, NOW, known=NOW.date()) == "tomorrow 09:00"


def test_seconds_and_zone_are_in_the_tooltip_only():
    at = datetime(2020, 3, 29, 1, 30, 5, tzinfo=UTC)

    assert time_tag(at) == (
        '<time datetime="2020-03-29T01:30:05Z" title="Sun 29 Mar 2020 03:30:05 UTC+02:00">'
        "Sun 29 Mar 2020 03:30</time>"
    )
    assert Template("{% load times %}{{ at|when }}").render(Context({"at": at})) == time_tag(at)


def test_times_that_differ_in_seconds_do_not_read_the_same():
    later = NOW + timedelta(seconds=1)

    assert time_texts([NOW, NOW + HOUR], NOW) == ["today 09:00", "today 10:00"]
    assert time_texts([NOW, NOW], NOW) == ["today 09:00"] * 2
    assert time_texts([NOW, later], NOW) == [exact_time_text(NOW), exact_time_text(later)]
