"""Local times and the instants they name, including nights with a clock change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.values.local_times import ClockChange, clock_change_at, in_zone, offset_text, times_of

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
# Offsets of half and three quarter hours, a skipped day, changes at midnight, old seconds.
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "Europe/Dublin",
        "America/New_York",
        "America/Havana",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Africa/Casablanca",
        "Africa/Monrovia",
    )
]
moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@given(moments, st.sampled_from(ZONES))
def test_instant_is_among_those_of_its_local_time(moment, zone):
    found = times_of(in_zone(moment, zone), zone)

    assert moment in found
    assert found == sorted(found)
    assert (len(found) == 1) == (clock_change_at(in_zone(moment, zone), zone) is None)


@given(moments, st.sampled_from(ZONES))
def test_offset_distinguishes_instants_with_the_same_local_time(moment, zone):
    found = times_of(in_zone(moment, zone), zone)

    assert len({offset_text(one, zone) for one in found}) == len(found)


@pytest.mark.parametrize(
    ("zone", "local", "found"),
    [
        (BERLIN, datetime(2027, 3, 28, 1, 59, 59), [utc(2027, 3, 28, 0, 59, 59)]),
        (BERLIN, datetime(2027, 3, 28, 2, 0), []),
        (BERLIN, datetime(2027, 3, 28, 2, 30), []),
        (BERLIN, datetime(2027, 3, 28, 2, 59, 59), []),
        (BERLIN, datetime(2027, 3, 28, 3, 0), [utc(2027, 3, 28, 1)]),
        (BERLIN, datetime(2026, 10, 25, 1, 59, 59), [utc(2026, 10, 24, 23, 59, 59)]),
        (BERLIN, datetime(2026, 10, 25, 2, 0), [utc(2026, 10, 25, 0), utc(2026, 10, 25, 1)]),
        (
            BERLIN,
            datetime(2026, 10, 25, 2, 59, 59),
            [utc(2026, 10, 25, 0, 59, 59), utc(2026, 10, 25, 1, 59, 59)],
        ),
        (BERLIN, datetime(2026, 10, 25, 3, 0), [utc(2026, 10, 25, 2)]),
        (
            LORD_HOWE,
            datetime(2027, 4, 4, 1, 45),
            [utc(2027, 4, 3, 14, 45), utc(2027, 4, 3, 15, 15)],
        ),
        (LORD_HOWE, datetime(2026, 10, 4, 2, 15), []),
        (LORD_HOWE, datetime(2026, 10, 4, 2, 30), [utc(2026, 10, 3, 15, 30)]),
    ],
)
def test_nights_with_a_clock_change(zone, local, found):
    assert times_of(local, zone) == found


@pytest.mark.parametrize(
    ("zone", "local", "jump"),
    [
        (
            BERLIN,
            datetime(2027, 3, 28, 2, 30),
            ClockChange(datetime(2027, 3, 28, 2), datetime(2027, 3, 28, 3)),
        ),
        (
            BERLIN,
            datetime(2026, 10, 25, 2, 30),
            ClockChange(datetime(2026, 10, 25, 3), datetime(2026, 10, 25, 2)),
        ),
        (
            LORD_HOWE,
            datetime(2026, 10, 4, 2, 15),
            ClockChange(datetime(2026, 10, 4, 2), datetime(2026, 10, 4, 2, 30)),
        ),
        (
            LORD_HOWE,
            datetime(2027, 4, 4, 1, 45),
            ClockChange(datetime(2027, 4, 4, 2), datetime(2027, 4, 4, 1, 30)),
        ),
        (
            ZoneInfo("Pacific/Apia"),
            datetime(2011, 12, 30, 12),
            ClockChange(datetime(2011, 12, 30), datetime(2011, 12, 31)),
        ),
        (BERLIN, datetime(2027, 3, 28, 1, 59, 59), None),
        (BERLIN, datetime(2026, 10, 25, 3), None),
    ],
)
def test_clock_change_is_described_by_local_times(zone, local, jump):
    assert clock_change_at(local, zone) == jump


def test_last_time_before_a_gap_exists():
    last = clock_change_at(datetime(2027, 3, 28, 2, 30), BERLIN).last

    assert last == datetime(2027, 3, 28, 1, 59, 59)
    assert times_of(last, BERLIN)
    assert not times_of(last + timedelta(seconds=1), BERLIN)


@pytest.mark.parametrize(
    ("zone", "moment", "text"),
    [
        ("UTC", utc(2026, 1, 1), "+00:00"),
        ("Europe/Berlin", utc(2026, 7, 1), "+02:00"),
        ("America/St_Johns", utc(2026, 1, 1), "-03:30"),
        ("Asia/Kathmandu", utc(2026, 1, 1), "+05:45"),
        ("Africa/Monrovia", utc(1970, 1, 1), "-00:44:30"),
    ],
)
def test_offset_is_formatted_as_in_timestamps(zone, moment, text):
    assert offset_text(moment, ZoneInfo(zone)) == text
