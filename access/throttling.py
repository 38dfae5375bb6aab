from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class PerToken(SimpleRateThrottle):
    """At most settings.RATE_LIMIT requests a token, counted in each worker process by itself."""

    def get_rate(self) -> str | None:
        return settings.RATE_LIMIT

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"requests-of-token-{request.auth.pk}" if request.auth else None
