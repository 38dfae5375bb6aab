"""The times of retries, as plain numbers, so that tests need no clock."""

from datetime import timedelta

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
