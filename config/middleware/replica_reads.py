"""Sends read-only requests to the replica, and remembers which clients wrote (docs/adr/0019).

Active only if REPLICA_URL names a replica. A view that may read from the replica has the attribute
reads_replica; all other requests use the primary.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.db import Error
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse, JsonResponse

from access.database import routing
from access.database.outages import is_outage
from access.database.replica import FAILED, replica
from access.database.replica_connections import PRIMARY, REPLICA
from access.database.write_times import RECORD_EVERY, write_times
from access.http.cookies import read_cookie, set_cookie
from access.http.errors import log_database_error, outage_body
from access.http.framing import Handler
from access.http.paths import is_api_path
from access.http.view_attributes import has_attribute

SAFE = {"GET", "HEAD", "OPTIONS"}
WROTE = "wrote"


class ReplicaReadsMiddleware:
    """Last in MIDDLEWARE: API and pages both pass it, and it can call the view again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        request_started.connect(routing.use_primary)
        connection_created.connect(_connected)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method in SAFE:
            return self._or_from_primary(request, response)
        return _after_write(request, response)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method not in SAFE or hasattr(request, "is_asked_again"):
            return
        if not has_attribute(view, "reads_replica"):
            return
        if is_api_path(request.path_info):
            # Set by access/api/authentication.py.
            routing.allow_replica()
        elif not read_cookie(request, WROTE):
            routing.allow_replica()
            routing.use_replica_after(None)

    def _or_from_primary(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the response, from the primary if the replica has none."""
        if routing.read_alias() == PRIMARY:
            return _after_work(request, response)
        if response.status_code >= 500:
            # The replica is away, or lacks a column that a migration has just added.
            replica().fail(FAILED)
        elif response.status_code != 404:
            return response
        routing.use_primary()
        request.is_asked_again = True
        return self.get_response(request)


def _after_write(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response after recording that its client wrote or saw a newer version.

    Refusals count too: after a 412 the client must read the newer version.
    """
    if not is_api_path(request.path_info):
        return _with_cookie(response)
    token = getattr(request, "auth", None)
    if token is None:
        return response
    try:
        write_times().record(token)
    except Error as fault:
        if not is_outage(fault):
            raise
        # The write is committed but not confirmed, as when the database goes away at a commit.
        return log_database_error(fault, JsonResponse(outage_body(fault), status=503))
    return response


def _after_work(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    match = request.resolver_match
    reports_work = match and has_attribute(match.func, "reports_work")
    return _with_cookie(response) if reports_work else response


def _with_cookie(response: HttpResponse) -> HttpResponse:
    """Set a cookie that lasts until every replica must have this user's write."""
    seconds = int(settings.REPLICA_LAG_SECONDS + RECORD_EVERY) + 1
    set_cookie(response, WROTE, "1", timedelta(seconds=seconds), httponly=True)
    return response


def _connected(connection: Any, **kwargs: Any) -> None:
    if connection.alias == REPLICA:
        replica().add_connection(connection.connection)
