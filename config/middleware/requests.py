"""Middlewares of our own: request ids, JSON errors, a missing database, languages."""

import logging
import re
import uuid

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation

from access.database.outages import is_outage, is_read_only
from access.http.errors import SECONDS_UNTIL_RETRY, json_error, log_database_error
from access.http.framing import Handler
from access.http.paths import is_api_path
from config.monitoring.logs import request_id_at_work

log = logging.getLogger(__name__)

VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}\Z")


def is_api(request: HttpRequest) -> bool:
    return is_api_path(request.path_info)


class RequestIdMiddleware:
    """Gives each request an id (the client's, if it sent a valid one) and returns it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request.id = sent if VALID_REQUEST_ID.match(sent) else str(uuid.uuid4())
        request_id_at_work.set(request.id)
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id
        return response


class ApiErrorsMiddleware:
    """Turns every error under /api/ into JSON, also those that Django renders as HTML."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not is_api(request):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        return json_error(request, response.status_code)


class DatabaseAwayMiddleware:
    """Returns 503 with Retry-After for a page if the database is not available."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        return outage_page(request, exc) if is_outage(exc) else None


def outage_page(request: HttpRequest, outage: BaseException) -> HttpResponse:
    """Return the 503 page, which says why the database is not available."""
    context = {"seconds": SECONDS_UNTIL_RETRY, "is_read_only": is_read_only(outage)}
    return log_database_error(outage, render(request, "503.html", context, status=503))


class PageLocaleMiddleware(LocaleMiddleware):
    """Activates the user's language for one page, so that the next API response is English."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(translation.get_language()):
            return super().__call__(request)
