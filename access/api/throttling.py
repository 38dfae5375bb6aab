from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access.rate_limits import count_request


class TokenThrottle(BaseThrottle):
    """At most settings.RATE_LIMIT requests a token, whichever process of which server it calls."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.RATE_LIMIT
        # A request without a token fails authentication instead. The replica's fallback to the
        # primary (config/middleware/replica_reads.py) does not count a second time.
        is_new = not hasattr(request._request, "is_asked_again")
        self.seconds = (
            count_request(request.auth.pk, *limit) if limit and request.auth and is_new else None
        )
        return self.seconds is None

    def wait(self) -> float | None:
        """Return the seconds until the window is over, which the caller is told rounded up."""
        # Of none at all it would not be told.
        return max(self.seconds, 1) if self.seconds is not None else None
