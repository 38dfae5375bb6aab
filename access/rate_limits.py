"""How often each token calls: one count for all servers and their processes, in the database.

A window opens with the first request after the last window and lasts as settings.RATE_LIMIT
says, by the database's clock (docs/adr/0018-rate-limit-in-the-database.md).
"""

from django.db import connection, models

from access.database.prepared_queries import prepared_cursor

# Seconds that a statement may wait for its turn at a row, and more.
LONGEST_WAIT = 10

# Of the statement, not of its steps: one window begins where it was seen that another is over.
_NOW = {
    "postgresql": "extract(epoch FROM statement_timestamp())",
    "sqlite": "(julianday('now') - 2440587.5) * 86400",
}
# Writes nothing where the limit is reached. A window that would end later than one that opens now
# was opened under another limit, or before the clock was set back: it is over, too.
_COUNT = """
INSERT INTO access_requestcount AS counted (token_id, requests, ends) VALUES (%s, 1, {now} + %s)
ON CONFLICT (token_id) DO UPDATE SET
    requests = CASE WHEN {is_open} THEN counted.requests + 1 ELSE 1 END,
    ends = CASE WHEN {is_open} THEN counted.ends ELSE excluded.ends END
WHERE counted.requests < %s OR NOT ({is_open})
"""
_IS_OPEN = "counted.ends > {now} AND counted.ends < excluded.ends + {longest_wait}"
_ASK = "SELECT ends - {now} FROM access_requestcount WHERE token_id = %s"


class RequestCount(models.Model):
    """How many requests a token has made in its window.

    On PostgreSQL the table is not logged: a count waits for no disk, and a server that crashes
    begins anew.
    """

    # No foreign key: a token that is deleted meanwhile fails nobody's request.
    token_id = models.BigIntegerField(primary_key=True)
    requests = models.IntegerField()
    ends = models.FloatField(help_text="Seconds since 1970, by the database's clock.")

    def __str__(self) -> str:
        return f"{self.requests} until {self.ends}"


def count_request(token: int, most: int, seconds: int) -> float | None:
    """Count a request of the token with this id, of which there may be so many in so long.

    Returns None if it is one of them. Otherwise nothing is written, and the seconds until the
    window is over are returned.
    """
    with prepared_cursor(connection) as cursor:
        cursor.execute(_sql(_COUNT), [token, seconds, most])
        if cursor.rowcount:
            return None
        cursor.execute(_sql(_ASK), [token])
        found = cursor.fetchone()
    # Over meanwhile, or gone with its token.
    return max(float(found[0]), 0.0) if found else 0.0


def _sql(text: str) -> str:
    now = _NOW[connection.vendor]
    is_open = _IS_OPEN.format(now=now, longest_wait=LONGEST_WAIT)
    return text.format(now=now, is_open=is_open)
