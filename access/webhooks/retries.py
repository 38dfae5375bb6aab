"""The times of retries, as plain numbers, so that tests need no clock."""

import re
from datetime import UTC, datetime, timedelta

from django.utils.http import parse_http_date

# Twelve attempts take about 23 hours; the first retries come soon, for a receiver that restarts.
MOST_ATTEMPTS = 12
FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=6)
# Each pause varies by this share, so that failed deliveries are not all retried together.
JITTER = 0.2
# An endpoint without a success for this time is disabled.
FAILING_AT_MOST = timedelta(days=3)
# The longest pause between two failing requests to one endpoint.
LONGEST_REST = timedelta(minutes=1)
# The longest Retry-After of a receiver that is obeyed.
LONGEST_REQUESTED = timedelta(hours=1)
SECONDS = re.compile(r"[0-9]+\Z", re.ASCII)


def retry_delay(attempts: int, chance: float) -> timedelta | None:
    """Return the time to wait after failed attempts, or None after the last attempt.

    `chance` is a random number from 0 to 1.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    factor = 1 + JITTER * (2 * chance - 1)
    usual: timedelta = min(FIRST * 3 ** (attempts - 1), LONGEST)
    return usual * factor


def rest_after(failures: int) -> timedelta:
    """Return the time without requests to an endpoint after consecutive failures.

    Without it, an endpoint that is down would be called for each of its rooms, and one that hangs
    would occupy a thread all day.
    """
    if failures == 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - 1, 10)), LONGEST_REST)


def requested_pause(retry_after: str, now: datetime) -> timedelta:
    """Return the pause that a receiver asks for with Retry-After (RFC 9110, section 10.2.3).

    It is zero for a past date, and for text that is neither seconds nor a date.
    """
    text = retry_after.strip()
    if SECONDS.match(text):
        # The digits may exceed what int() accepts.
        seconds = int(text.lstrip("0")[:10] or 0)
        return min(timedelta(seconds=seconds), LONGEST_REQUESTED)
    try:
        until = datetime.fromtimestamp(parse_http_date(text), UTC)
    except (ValueError, OverflowError, OSError):
        return timedelta(0)
    return min(max(until - now, timedelta(0)), LONGEST_REQUESTED)
