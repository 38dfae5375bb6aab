"""Counts requests for Prometheus, if settings.METRICS_TOKEN is set.

Each worker process counts into its own files. probes.py adds up the files of all processes, so any
worker process can answer a scrape (docs/adr/0016-metrics.md).
"""

import json
import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from access.http.body_limits import ARRIVED
from access.http.framing import Handler

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class CountingMiddleware:
    """Counts each request by route, method and status, with its duration."""

    def __init__(self, get_response: Handler) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        # prometheus_client chooses its storage at import.
        from config.monitoring import counters  # noqa: PLC0415

        self.get_response = get_response
        counters.reserve()
        self.counters = counters

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = request.META.get(ARRIVED) or time.perf_counter()
        response = self.get_response(request)
        # Never a value from the client: each new label value creates a permanent time series.
        route = f"/{request.resolver_match.route}" if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        self.counters.REQUESTS.labels(route, method, response.status_code).inc()
        self.counters.SECONDS.labels(route, method).observe(time.perf_counter() - start)
        if response.status_code == 422:
            self._count_faults(response)
        if response.status_code == 503 and hasattr(response, "database_error"):
            self.counters.DATABASE_ERRORS.labels(response.database_error).inc()
        if hasattr(response, "password_result"):
            self.counters.SIGN_INS.labels(response.password_result).inc()
        return response

    def _count_faults(self, response: HttpResponse) -> None:
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return
        for fault in json.loads(response.content).get("errors", ()):
            self.counters.REFUSALS.labels(fault["code"]).inc()
