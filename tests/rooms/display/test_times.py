from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from rooms.display.refusals import in_words
from rooms.display.times import relative, span

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
def test_duration_is_shown_in_its_largest_units(seconds, words):
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-7200, "2 h ago"), (-59, "now"), (0, "now"), (59, "now"), (60, "in 1 min"), (7200, "in 2 h")],
)
def test_time_is_shown_relative_to_now(seconds, words):
    assert relative(NOW + timedelta(seconds=seconds), NOW) == words


def test_missing_time_is_a_dash():
    assert Template("{% load times %}{{ at|when }}{{ at|ago }}").render(Context({})) == "——"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Opens: not Wed 1 Jul 2020 12:00."),
        ("UTC", "Opens: not Wed 1 Jul 2020 10:00."),
    ],
)
def test_message_of_the_api_is_shown_with_labels_and_local_times(zone, words):
    with timezone.override(ZoneInfo(zone)):
        assert in_words("join_from: not 2020-07-01T10:00:00Z.") == words


@pytest.mark.parametrize("text", ["no moment", "2026-99-01T10:00:00Z", "9999-12-31T23:59:59Z"])
def test_text_that_only_looks_like_a_time_is_kept(text):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert in_words(text) == text
