"""When to try again, and when no more: numbers only, so that a day is tested in a moment."""

from datetime import timedelta

# Twelve attempts over about 23 hours: soon at first, for a receiver that restarts; then rarely.
MOST_ATTEMPTS = 12
FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=6)
# Up to this share more or less, so that what failed together does not come back together.
JITTER = 0.2
# An endpoint that never once took anything for so long is disabled.
FAILING_AT_MOST = timedelta(days=3)
# Between two failing calls of one endpoint, whatever is waiting for it.
LONGEST_REST = timedelta(minutes=1)


def pause(attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None: give up.

    `chance` is a random number from 0 to 1.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    longer = 1 + JITTER * (2 * chance - 1)
    usual: timedelta = min(FIRST * 3 ** (attempts - 1), LONGEST)
    return usual * longer


def rest(failures: int) -> timedelta:
    """Return how long an endpoint is left alone after so many failures in a row.

    Without it, one that is down would be called for each of its rooms, and one that hangs would
    hold a thread all day.
    """
    if failures == 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - 1, 10)), LONGEST_REST)
