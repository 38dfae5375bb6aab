from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from rooms.display.times import day_and_time, relative, span, with_local_times

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (86399, "23 h 59 min"),
        (86400, "1 day"),
        (90000, "1 day 1 h"),
        (172800, "2 days"),
        (180000, "2 days"),
    ],
)
def test_a_span_is_said_in_its_largest_units(seconds, words):
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-7200, "2 h ago"), (-59, "now"), (0, "now"), (59, "now"), (60, "in 1 min"), (7200, "in 2 h")],
)
def test_a_moment_is_said_from_now(seconds, words):
    assert relative(NOW + timedelta(seconds=seconds), NOW) == words


def test_a_moment_is_drawn_in_the_readers_zone_across_a_change_of_clocks():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert day_and_time(NOW) == "Sun 29 Mar 2026, 01:30"
        assert day_and_time(NOW + timedelta(hours=1, seconds=5)) == "Sun 29 Mar 2026, 03:30:05"


def test_a_page_draws_the_moment_for_programs_too():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        drawn = Template("{% load times %}{{ at|when }}").render(Context({"at": NOW}))

    assert drawn == (
        '<time datetime="2026-03-29T00:30:00Z" title="2026-03-29 00:30:00 UTC">'
        "Sun 29 Mar 2026, 01:30</time>"
    )


def test_no_moment_is_a_dash():
    assert Template("{% load times %}{{ at|when }}{{ at|ago }}").render(Context({})) == "——"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "not 2026-07-01T10:00:00Z (Wed 1 Jul 2026, 12:00)."),
        ("UTC", "not 2026-07-01T10:00:00Z."),
    ],
)
def test_a_sentence_of_the_api_tells_its_moments_here_too(zone, words):
    with timezone.override(ZoneInfo(zone)):
        assert with_local_times("not 2026-07-01T10:00:00Z.") == words


@pytest.mark.parametrize("text", ["no moment", "2026-99-01T10:00:00Z", "9999-12-31T23:59:59Z"])
def test_what_only_looks_like_a_moment_stays(text):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert with_local_times(text) == text
