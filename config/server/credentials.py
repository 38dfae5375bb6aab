"""Whether a request has a credential that works; only then the server reads a large body."""

import io
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from access.api.authentication import valid_token
from access.credentials.pauses import Paused
from access.credentials.wrong_tokens import count_wrong_token
from access.http.client_address import client_address
from access.http.paths import is_api_path, plain_path
from sessions.media.janus_events import is_janus


def has_credential(environ: dict[str, Any]) -> bool:
    """Return whether the token, the session or the password of a request works.

    Runs in a thread of the server, before the request itself; raises Error without a database.
    """
    # The signals open and close database connections, and select the primary.
    request_started.send(sender=has_credential, environ=environ)
    try:
        return _has_credential(WSGIRequest({**environ, "wsgi.input": io.BytesIO()}))
    finally:
        request_finished.send(sender=has_credential)


def _has_credential(request: HttpRequest) -> bool:
    path = plain_path(request.path_info)
    if is_api_path(path):
        return _has_token(request)
    if path == reverse("janus-events"):
        return is_janus(request)
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    return bool(get_user(request).is_staff)


def _has_token(request: HttpRequest) -> bool:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if valid_token(header, timezone.now()):
        return True
    if header:
        with suppress(Paused):
            count_wrong_token(client_address(request))
    return False
