"""What every request passes: an id, the framing of API calls, JSON errors, headers for pages.

Django's own session, login and message classes follow as thin subclasses that step
aside for the API, which needs none of them.
"""

import io
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseMiddleware

from config.errors import DATABASE_AWAY, SECONDS_UNTIL_RETRY, plain_answer
from config.logs import request_id_at_work

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}\Z")


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class RequestId:
    """Gives each request an id, the caller's where it sent a sane one, and returns it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request.id = sent if SANE_REQUEST_ID.match(sent) else str(uuid.uuid4())
        request_id_at_work.set(request.id)
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id
        return response


class ApiErrors:
    """Answers every error under /api/ in JSON: no HTML leaves there, whoever made it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not is_api(request):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        return plain_answer(request, response.status_code)


class Framing:
    """Reads the whole body of an API call before anything believes a part of it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_utf8(request.content_params.get("charset", "utf-8")):
            return plain_answer(request, 415, "The charset of a body must be utf-8.")
        if not is_api(request):
            return self.get_response(request)
        return _refusal(request) or self.get_response(request)


def _is_utf8(charset: str) -> bool:
    return charset.lower() in ("utf-8", "utf8")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if len(request.META.get("QUERY_STRING", "")) > settings.API_QUERY_BYTES:
        return plain_answer(request, 414, f"The query is longer than {settings.API_QUERY_BYTES}.")
    if settings.HTTPS and not request.is_secure():
        return plain_answer(request, 403, "Use https.")
    try:
        request.get_host()
    except DisallowedHost:
        return plain_answer(request, 400, "This host is not served here (ALLOWED_HOSTS).")
    return _read_body(request)


def _read_body(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    chunked = "HTTP_TRANSFER_ENCODING" in request.META
    if chunked and length:
        return plain_answer(request, 400, "Send Content-Length or Transfer-Encoding, not both.")
    if length and not (length.isascii() and length.isdigit()):
        return plain_answer(request, 400, "Content-Length must be a whole number.")
    expected = int(length or 0)
    if expected > settings.API_BODY_BYTES:
        return _too_large(request)
    if not (expected or chunked):
        return None
    return _read(request, None if chunked else expected)


def _read(request: HttpRequest, expected: int | None) -> HttpResponse | None:
    limit = settings.API_BODY_BYTES + 1 if expected is None else expected
    try:
        body = request.environ["wsgi.input"].read(limit)
    except TimeoutError:
        return plain_answer(request, 408, "The body did not arrive in time.")
    except OSError:
        return plain_answer(request, 400, "The body did not arrive whole.")
    if expected is None and len(body) == limit:
        return _too_large(request)
    if expected is not None and len(body) != expected:
        return plain_answer(request, 400, "The body is shorter than its Content-Length.")
    # Django takes a chunked body for an empty one (its ticket 35838): give it the length.
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = io.BytesIO(body)
    return None


def _too_large(request: HttpRequest) -> HttpResponse:
    return plain_answer(
        request, 413, f"A body may have at most {settings.API_BODY_BYTES // 1024} kB."
    )


class DatabaseAway:
    """Says 503 on a page whose database does not answer, and when to try again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not isinstance(exc, DATABASE_AWAY):
            return None
        log.error("The database did not answer: %s", exc)
        response = render(request, "503.html", {"seconds": SECONDS_UNTIL_RETRY}, status=503)
        response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
        return response


class BrowserOnly:
    """Makes a Django middleware step aside for the API."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if is_api(request) else super().__call__(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        wrapped = getattr(super(), "process_view", None)
        return None if wrapped is None or is_api(request) else wrapped(request, *args)


class StaticFiles(BrowserOnly, WhiteNoiseMiddleware):
    pass


class Sessions(BrowserOnly, SessionMiddleware):
    pass


class Common(BrowserOnly, CommonMiddleware):
    pass


class Authentication(BrowserOnly, AuthenticationMiddleware):
    pass


class Messages(BrowserOnly, MessageMiddleware):
    pass


class ContentSecurityPolicy:
    """Keeps pages to their own scripts, styles and frames."""

    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
