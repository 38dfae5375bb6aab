"""Authentication by HTTP Basic (project id and API token) or Bearer."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.request import Request

from access.credentials.pauses import Paused
from access.credentials.wrong_tokens import count_wrong_token
from access.database.routing import use_replica_after
from access.http.challenges import BASIC
from access.http.client_address import client_address
from access.models import ApiToken

# No valid header is longer.
LONGEST_CREDENTIALS = 512

LookUp = Callable[[str], ApiToken | None] | None


class TokenAuthentication(BaseAuthentication):
    """Gives one response for missing, unknown, revoked and expired tokens, to reveal nothing."""

    def authenticate(self, request: Request) -> tuple[ApiToken, ApiToken] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        now = timezone.now()
        token = valid_token(header, now, request.parser_context["view"].find_token)
        if token is None:
            raise _refusal(request)
        token.mark_used(now, client_address(request))
        use_replica_after(token.wrote_at)
        return token, token

    def authenticate_header(self, request: Request) -> str:
        return BASIC


def valid_token(header: str, now: datetime, look_up: LookUp = None) -> ApiToken | None:
    """Return the token of an Authorization header if the token is valid, or None."""
    token = _token(header, look_up)
    return token if token and token.is_valid(now) else None


def _refusal(request: Request) -> APIException:
    # Only refused requests are counted, so a client with a valid token is never paused.
    try:
        count_wrong_token(client_address(request))
    except Paused as pause:
        return Throttled(pause.seconds, "Too many requests with wrong tokens.")
    return AuthenticationFailed()


def sent_secret(header: str) -> tuple[str | None, str]:
    """Return the project's id, None with Bearer, and the secret in an Authorization header."""
    kind, _, credentials = header.partition(" ")
    if len(credentials) > LONGEST_CREDENTIALS:
        return None, ""
    if kind.lower() == "bearer":
        return None, credentials
    return _from_basic(credentials) if kind.lower() == "basic" else (None, "")


def _token(header: str, look_up: LookUp) -> ApiToken | None:
    project, secret = sent_secret(header)
    token = ApiToken.find(secret, look_up)
    is_its_project = project is None or (token and str(token.project_id) == project.lower())
    return token if is_its_project else None


def _from_basic(credentials: str) -> tuple[str | None, str]:
    try:
        project, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, ""
    return project, secret
