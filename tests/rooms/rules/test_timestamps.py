"""Timestamps as text: RFC 3339 in."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from access.values.timestamps import (
    EARLIEST,
    LATEST,
    format_timestamp,
    from_epoch,
    parse_local,
    parse_timestamp,
)
from tests.support.strange_times import STRANGE_LOCAL_TIMES, STRANGE_TIMES

# Texts close to RFC 3339, where a careless pattern fails.
nearly = st.from_regex(
    r"\A\d{3,5}-\d{1,2}-\d{1,2}"
    r"([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{0,10})?)?([Zz]|[+-]\d{2}(:?\d{2})?)?)?.?\Z"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-06-13T20:34:03Z", "2025-06-13T20:34:03Z"),
        ("2025-06-13t20:34:03z", "2025-06-13T20:34:03Z"),
        ("2025-06-13T20:34:03+02:00", "2025-06-13T18:34:03Z"),
        ("2025-06-13T20:34:03-09:30", "2025-06-14T06:04:03Z"),
        ("2025-06-13T20:34:03+00:00", "2025-06-13T20:34:03Z"),
        ("2025-06-13T20:34:03-00:00", "2025-06-13T20:34:03Z"),
        ("2025-06-13T00:00:00+23:59", "2025-06-12T00:01:00Z"),
        ("2025-06-13T23:59:59-23:59", "2025-06-14T23:58:59Z"),
        ("2025-06-13T20:34:03.9Z", "2025-06-13T20:34:03Z"),
        ("2025-06-13T20:34:03.999999999Z", "2025-06-13T20:34:03Z"),
        ("2025-06-13", "2025-06-13T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
        ("1970-01-01", "1970-01-01T00:00:00Z"),
        ("1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00Z"),
        ("2999-12-31T23:59:59Z", "2999-12-31T23:59:59Z"),
        ("3000-01-01T00:59:59+01:00", "2999-12-31T23:59:59Z"),
        # A leap second becomes the first second of the next minute.
        ("2022-01-01T23:59:60Z", "2022-01-02T00:00:00Z"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T01:59:60+02:00", "2017-01-01T00:00:00Z"),
        ("2016-12-31T18:59:60-05:00", "2017-01-01T00:00:00Z"),
    ],
)
def test_timestamp_is_parsed_to_utc(text, expected):
    moment = parse_timestamp(text)

    assert format_timestamp(moment) == expected
    assert moment.tzinfo is UTC
    assert moment.microsecond == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "now",
        "2025",
        "2025-06",
        "20250613",
        "2025-W24-5",
        "2025-164",
        "2025-6-13",
        "12025-06-13",
        "+2025-06-13",
        "-2025-06-13T00:00:00Z",
        "20250613T203403Z",
        "2025-06-13T20:34:03",
        "2025-06-13T20:34Z",
        "2025-06-13T20Z",
        "2025-06-13 20:34:03Z",
        "2025-06-13T20:34:03+02",
        "2025-06-13T20:34:03+0200",
        "2025-06-13T20:34:03+24:00",
        "2025-06-13T20:34:03+01:60",
        "2025-06-13T20:34:03 +01:00",
        "2025-06-13T20:34:03Z+01:00",
        "2025-06-13T20:34:03.Z",
        "2025-06-13T20:34:03,5Z",
        "2025-06-13T20:34:03.1234567890Z",
        "2025-06-13T24:00:00Z",
        "2025-06-13T23:60:00Z",
        "2025-06-13T23:59:61Z",
        "2025-00-13T00:00:00Z",
        "2025-13-13T00:00:00Z",
        "2025-06-00",
        "2025-06-31",
        "2023-02-29",
        "1900-02-29T00:00:00Z",
        "2025-06-13Z",
        "2025-06-13T20:34:03Z ",
        " 2025-06-13T20:34:03Z",
        "2025-06-13T20:34:03Z\n",
        "2025-06-13\n",
        "2025-06-13T20:34:03Z\x00",
        "2025-06-13T20:34:03Z[UTC]",
        "\uff12\uff10\uff12\uff15-06-13T20:34:03Z",
        "\u0662\u0660\u0662\u0665-06-13",
        "2025\u201106\u201113",
        "Fri, 13 Jun 2025 20:34:03 GMT",
        "1749846843",
        # Leap seconds occur at 23:59 UTC only.
        "2025-06-13T12:30:60Z",
        "2025-06-13T23:59:60+01:00",
        "2025-06-13T23:58:60Z",
        # Only the years 1970 to 2999 in UTC are accepted.
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "3000-01-01",
        "2999-12-31T23:59:60Z",
        "2999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
        "0000-01-01T00:00:00Z",
    ],
)
def test_other_formats_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - several rules apply to these texts
        parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("20250613", "not RFC 3339"),
        ("1969-12-31T23:59:59Z", "outside of the years 1970 to 2999"),
        ("9999-12-31T23:59:59-01:00", "outside of the calendar"),
        ("2025-06-13T20:34:03+24:00", "no such offset"),
        ("2025-06-13T12:30:60Z", "leap seconds come at 23:59 UTC"),
    ],
)
def test_message_names_the_broken_rule(text, why):
    with pytest.raises(ValueError, match=rf"\A{why}\Z"):
        parse_timestamp(text)


@given(st.text() | nearly)
@example("2022-01-01T00:00:00Z\x00")
@example("\ud800")
@example("9" * 5000)
def test_any_text_is_parsed_within_the_limits_or_refused(text):
    try:
        moment = parse_timestamp(text)
    except ValueError:
        return
    assert EARLIEST <= moment <= LATEST
    assert text.isascii()


def test_year_limits_are_those_of_the_contract():
    assert datetime(1970, 1, 1, tzinfo=UTC) == EARLIEST
    assert datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC) == LATEST


@pytest.mark.parametrize("text", STRANGE_TIMES)
def test_time_that_no_calendar_has_is_refused(text):
    for to_microsecond in (False, True):
        with pytest.raises(ValueError, match=r"."):
            parse_timestamp(text, to_microsecond=to_microsecond)


@pytest.mark.parametrize("digits", ["1", "123456", "123456789"])
def test_fraction_is_kept_to_the_microsecond_on_request(digits):
    time = parse_timestamp(f"2025-06-13T20:34:03.{digits}+00:00", to_microsecond=True)

    assert time.microsecond == int(digits[:6].ljust(6, "0"))
    assert time.isoformat().startswith("2025-06-13T20:34:03")


def test_local_time_is_read_without_a_zone():
    assert parse_local("2025-06-13T20:34") == datetime(2025, 6, 13, 20, 34)
    assert parse_local("2025-06-13T20:34:03.5") == datetime(2025, 6, 13, 20, 34, 3)


@pytest.mark.parametrize(
    "text", [text for text in STRANGE_LOCAL_TIMES if text[:4] not in ("1969", "3000")]
)
def test_strange_local_time_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_local(text)


@pytest.mark.parametrize("seconds", [1e17, 1e30, float("inf"), float("nan"), -1, 32503680000, "1"])
def test_number_of_seconds_outside_of_the_calendar_is_refused(seconds):
    with pytest.raises(ValueError, match=r"."):
        from_epoch(seconds)
