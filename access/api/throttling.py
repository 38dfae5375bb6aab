from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access.database.outages import ignored_outage, is_read_only
from access.rate_limits import count_request


class TokenThrottle(BaseThrottle):
    """Limits the requests of a token to settings.RATE_LIMIT, over all processes and servers."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.RATE_LIMIT
        # A request without a token fails authentication instead. The replica's fallback to the
        # primary (config/middleware/replica_reads.py) does not count a second time.
        is_new = not hasattr(request._request, "is_asked_again")
        self.seconds = None
        if limit and request.auth and is_new:
            # A database that only reads counts nothing, and refuses every change itself.
            with ignored_outage(is_read_only):
                self.seconds = count_request(request.auth.pk, *limit)
        return self.seconds is None

    def wait(self) -> float | None:
        """Return the seconds until the window ends; the response rounds them up."""
        # REST framework sends no Retry-After for 0 seconds.
        return max(self.seconds, 1) if self.seconds is not None else None
