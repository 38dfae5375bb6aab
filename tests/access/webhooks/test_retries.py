"""Times of retries, calculated without a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from access.webhooks.retries import (
    JITTER,
    LONGEST,
    LONGEST_REQUESTED,
    LONGEST_REST,
    MOST_ATTEMPTS,
    requested_pause,
    rest_after,
    retry_delay,
)

NO_CHANCE = 0.5
NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)


def total(chance):
    return sum((retry_delay(n, chance) for n in range(1, MOST_ATTEMPTS)), timedelta())


def test_pauses_without_jitter():
    pauses = [retry_delay(n, NO_CHANCE).total_seconds() for n in range(1, MOST_ATTEMPTS)]

    assert pauses == [5, 15, 45, 135, 405, 1215, 3645, 10935, 21600, 21600, 21600]


def test_all_attempts_take_about_a_day():
    assert total(NO_CHANCE) == timedelta(hours=22, minutes=33, seconds=20)
    assert timedelta(hours=18) <= total(0) <= total(1) <= timedelta(hours=28)


def test_delivery_is_given_up_after_the_last_attempt():
    assert retry_delay(MOST_ATTEMPTS - 1, NO_CHANCE) is not None
    assert retry_delay(MOST_ATTEMPTS, NO_CHANCE) is None
    assert retry_delay(MOST_ATTEMPTS + 1, NO_CHANCE) is None


@pytest.mark.parametrize("attempts", range(1, MOST_ATTEMPTS))
def test_jitter_shortens_or_lengthens_the_pause_by_a_share(attempts):
    middle = retry_delay(attempts, NO_CHANCE)

    assert retry_delay(attempts, 0) == middle * (1 - JITTER)
    assert retry_delay(attempts, 1) == middle * (1 + JITTER)
    assert middle <= LONGEST


def test_endpoint_pauses_longer_after_each_failure_up_to_a_minute():
    assert [rest_after(n).total_seconds() for n in range(9)] == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert rest_after(1_000_000) == LONGEST_REST


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        (" 120 ", 120),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 5000, 3600),
        ("000120", 120),
        ("Mon, 30 Nov 2026 20:02:00 GMT", 120),
        ("Monday, 30-Nov-26 20:02:00 GMT", 120),
        ("Mon Nov 30 20:02:00 2026", 120),
        ("Mon, 30 Nov 2026 22:00:00 GMT", 3600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
        ("Mon, 30 Nov 2026 19:59:59 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_receiver_requests_a_pause_of_at_most_an_hour(header, seconds):
    assert requested_pause(header, NOW) == timedelta(seconds=seconds)
    assert timedelta(seconds=seconds) <= LONGEST_REQUESTED


@pytest.mark.parametrize(
    "header",
    [
        *("", "soon", "-5", "+5", "1.5", "1e3", "5s", "5, 10", "٣", "\x00"),
        *("2026-11-30T20:02:00Z", "30 Nov 2026"),
        *("Mon, 31 Nov 2026 20:02:00 GMT", "Mon, 30 Nov 2026 20:02:00 +0100"),
    ],
)
def test_unreadable_request_for_a_pause_is_ignored(header):
    assert requested_pause(header, NOW) == timedelta(0)
