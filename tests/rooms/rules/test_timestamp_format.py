"""Timestamps as text: RFC 3339 out, and read back."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.values.timestamps import (
    EARLIEST,
    LATEST,
    format_timestamp,
    parse_timestamp,
    whole_second,
)

zones = st.timedeltas(
    min_value=timedelta(hours=-23, minutes=-59), max_value=timedelta(hours=23, minutes=59)
).map(lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1))))
moments = st.datetimes(
    min_value=EARLIEST.replace(tzinfo=None),
    max_value=LATEST.replace(tzinfo=None),
    timezones=st.just(UTC),
).map(whole_second)


@given(moments)
def test_formatted_timestamp_parses_to_the_same_time(moment):
    assert parse_timestamp(format_timestamp(moment)) == moment


@given(moments, zones)
def test_time_zone_does_not_change_the_formatted_text(moment, zone):
    assert format_timestamp(moment.astimezone(zone)) == format_timestamp(moment)


@pytest.fixture
def machine_in_tokyo(monkeypatch):
    """Set TZ to Tokyo: Django sets it to UTC, but other callers may not."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_in_tokyo")
def test_machines_time_zone_does_not_change_the_formatted_text():
    assert format_timestamp(datetime(2025, 6, 13, 20, 34, 3, tzinfo=UTC)) == "2025-06-13T20:34:03Z"


@given(moments, zones)
def test_offset_does_not_change_the_parsed_time(moment, zone):
    assert parse_timestamp(moment.astimezone(zone).isoformat()) == moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_fraction_of_a_second_is_not_formatted(moment):
    assert format_timestamp(moment) == format_timestamp(whole_second(moment))
