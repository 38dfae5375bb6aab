"""Count the requests of each token in the database, for all servers and processes.

A window starts with the first request after the previous window. settings.RATE_LIMIT sets its
length, measured by the database's clock (docs/adr/0018-rate-limit-in-the-database.md).
"""

import time

from django.db import connection, models

from access.database.batches import delete_in_batches
from access.database.prepared_queries import prepared_cursor

# More seconds than a statement may wait for a row lock.
LONGEST_WAIT = 10
# Seconds after the end of its window.
KEPT_SECONDS = 24 * 3600

# The time is constant within a statement, so a window ends exactly when the next one starts.
NOW = {
    "postgresql": "extract(epoch FROM statement_timestamp())",
    "sqlite": "(julianday('now') - 2440587.5) * 86400",
}
# The statement writes nothing at the limit. A window that would end later than a new one was
# started under another limit, or before the clock was set back: it has ended, too.
_COUNT = """
INSERT INTO access_requestcount AS counted (token_id, requests, ends) VALUES (%s, 1, {now} + %s)
ON CONFLICT (token_id) DO UPDATE SET
    requests = CASE WHEN {is_open} THEN counted.requests + 1 ELSE 1 END,
    ends = CASE WHEN {is_open} THEN counted.ends ELSE excluded.ends END
WHERE counted.requests < %s OR NOT ({is_open})
"""
_IS_OPEN = "counted.ends > {now} AND counted.ends < excluded.ends + {longest_wait}"
_SECONDS_LEFT = "SELECT ends - {now} FROM access_requestcount WHERE token_id = %s"


class RequestCount(models.Model):
    """The number of requests of a token in its window.

    PostgreSQL's table is UNLOGGED: a count does not wait for the disk, and a crash resets it.
    """

    # A foreign key would fail a request whose token is being deleted.
    token_id = models.BigIntegerField(primary_key=True)
    requests = models.IntegerField()
    ends = models.FloatField(help_text="Seconds since 1970, by the database's clock.")

    def __str__(self) -> str:
        return f"{self.requests} until {self.ends}"


def count_request(token: int, most: int, seconds: int) -> float | None:
    """Count a request of the token with this id, at most `most` in `seconds`.

    Returns None if the request is within the limit. Otherwise nothing is written, and the
    function returns the seconds until the window ends.
    """
    with prepared_cursor(connection) as cursor:
        cursor.execute(_sql(_COUNT), [token, seconds, most])
        if cursor.rowcount:
            return None
        cursor.execute(_sql(_SECONDS_LEFT), [token])
        found = cursor.fetchone()
    # The window has ended in the meantime, or the token was deleted.
    return max(float(found[0]), 0.0) if found else 0.0


def prune_counts() -> int:
    """Delete the counts of tokens without a request for a day, deleted ones among them."""
    ended = time.time() - KEPT_SECONDS
    return delete_in_batches(RequestCount.objects.filter(ends__lt=ended))


def _sql(text: str) -> str:
    now = NOW[connection.vendor]
    is_open = _IS_OPEN.format(now=now, longest_wait=LONGEST_WAIT)
    return text.format(now=now, is_open=is_open)
