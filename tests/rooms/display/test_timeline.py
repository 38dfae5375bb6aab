"""The timeline around now: positions in percent."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access.values.timestamps import EARLIEST, LATEST
from rooms.display.timeline import BEYOND, TICKS_AT_MOST, Span, Timeline
from rooms.models import Room

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
moments = st.none() | st.datetimes(
    EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None), timezones=st.just(UTC)
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Australia/Lord_Howe"])


def timeline(room, *sessions):
    return Timeline.of(room, sessions, NOW, Span.around(room, NOW))


def marks(drawn):
    return {mark.kind: mark.left for mark in drawn.marks}


@given(moments, moments, moments, zones)
def test_every_room_has_a_timeline(join_from, join_until, remove_at, zone):
    room = Room(join_from=join_from, join_until=join_until, remove_at=remove_at)

    with timezone.override(ZoneInfo(zone)):
        drawn = timeline(room)

    assert drawn.span.start < NOW < drawn.span.end
    assert all(0 <= mark.left <= 100 for mark in drawn.marks)
    assert all(0 <= tick.left <= 100 for tick in drawn.ticks)
    assert 0 <= len(drawn.ticks) <= TICKS_AT_MOST + 1
    for bar in (drawn.joining, drawn.inside):
        assert bar.width > 0
        assert -BEYOND <= bar.left <= bar.left + bar.width <= 100 + BEYOND + 0.01


def test_window_is_between_its_ends():
    room = Room(join_from=NOW - HOUR, join_until=NOW + HOUR, remove_at=NOW + 3 * HOUR)

    drawn = timeline(room)

    assert drawn.span == Span(NOW - 2 * HOUR, NOW + 4 * HOUR)
    assert (drawn.joining.left, drawn.joining.width) == (16.67, 33.33)
    assert (drawn.inside.left, drawn.inside.width) == (16.67, 66.66)
    assert marks(drawn) == {"opens": 16.67, "closes": 50.0, "removes": 83.33, "now": 33.33}


def test_removal_ends_joining():
    room = Room(join_until=NOW + 2 * HOUR, remove_at=NOW + HOUR)

    assert timeline(room).joining.end == NOW + HOUR


def test_open_end_extends_beyond_the_edge():
    drawn = timeline(Room())

    assert (drawn.joining.left, drawn.joining.left + drawn.joining.width) == (
        -BEYOND,
        100 + BEYOND,
    )


def test_sessions_are_at_their_times_and_a_live_one_ends_now():
    past = SimpleNamespace(start_time=NOW - 2 * DAY, end_time=NOW - 2 * DAY + HOUR)
    live = SimpleNamespace(start_time=NOW - HOUR, end_time=None)

    drawn = timeline(Room(), past, live)

    assert [bar.kind for bar in drawn.sessions] == ["past", "live"]
    assert drawn.sessions[1].left + drawn.sessions[1].width == pytest.approx(
        marks(drawn)["now"], abs=0.02
    )
    assert drawn.sessions[1].end == NOW


def test_session_of_one_second_is_visible():
    blink = SimpleNamespace(start_time=NOW - DAY, end_time=NOW - DAY)

    assert timeline(Room(), blink).sessions[0].width == 0.6


def test_ticks_are_round_times_in_the_local_time_zone():
    room = Room(join_from=NOW, join_until=NOW + DAY)

    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        texts = [tick.text for tick in timeline(room).ticks]

    assert texts == ["18:00", "Wed 25 Nov", "06:00", "12:00"]


def test_labels_at_the_edges_are_not_cut_off():
    drawn = timeline(Room(join_from=NOW + 30 * DAY))

    anchors = {mark.kind: mark.anchor for mark in drawn.marks}
    assert anchors == {"now": "start", "opens": "end"}


def test_texts_of_ticks_do_not_touch():
    now = datetime(2026, 12, 1, 1, tzinfo=UTC)
    room = Room(join_from=now - 31 * DAY, join_until=now - 30 * DAY)

    ticks = Timeline.of(room, (), now, Span.around(room, now)).ticks

    ends = [tick.ends for tick in ticks if tick.text]
    assert len(ticks) > len(ends) > 2
    assert all(one[1] <= other[0] for one, other in pairwise(ends))
