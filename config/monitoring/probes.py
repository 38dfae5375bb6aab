"""Endpoints for load balancers and Prometheus: /readyz and /metrics.

They use the server's IP address and plain HTTP, so they are answered before ALLOWED_HOSTS and HTTPS
are checked. config/server/rsgi.py answers /healthz without a thread.
"""

import hmac
from contextlib import nullcontext
from functools import cache

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from access.database.outages import READ_ONLY_QUERY
from access.database.replica import replica
from access.http.errors import SECONDS_UNTIL_RETRY, json_error
from access.http.framing import Handler


class ProbesMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.views = {"/readyz": _ready, "/metrics": _metrics}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info)
        if view is None:
            return self.get_response(request)
        response = view(request) if request.method in ("GET", "HEAD") else _not_allowed(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def _not_allowed(request: HttpRequest) -> HttpResponse:
    refused = json_error(request, 405)
    refused.headers["Allow"] = "GET, HEAD"
    return refused


def _ready(request: HttpRequest) -> HttpResponse:
    checks = _checks()
    is_ready = set(checks.values()) == {"ok"}
    if settings.REPLICA_URL:
        # The replica is not required, because reads go to the primary without it.
        checks["replica"] = replica().condition()
    response = JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)
    if not is_ready:
        response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    return response


def _checks() -> dict[str, str]:
    try:
        with getattr(connection, "hurried", nullcontext)():
            if _is_read_only():
                return {"database": "It is read-only."}
            applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        # The error's text may contain addresses; it is logged but not published.
        return {"database": "It does not answer."}
    missing = _expected_migrations() - applied.keys()
    condition = f"{len(missing)} not applied: ./run manage migrate" if missing else "ok"
    return {"database": "ok", "migrations": condition}


def _is_read_only() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(READ_ONLY_QUERY)
        return bool(cursor.fetchone() == ("on",))


@cache
def _expected_migrations() -> frozenset[tuple[str, str]]:
    # Cached, because the files do not change while the server runs.
    return frozenset(MigrationLoader(None).disk_migrations)


def _metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        return json_error(request, 404)
    sent = request.META.get("HTTP_AUTHORIZATION", "").encode("utf-8", "replace")
    if not hmac.compare_digest(sent, f"Bearer {settings.METRICS_TOKEN}".encode()):
        refused = json_error(request, 401)
        refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refused
    # Imported late, so that servers without metrics do not load it.
    from config.monitoring.exposition import metrics_text  # noqa: PLC0415

    text, content_type = metrics_text()
    return HttpResponse(text, content_type=content_type)
