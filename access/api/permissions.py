from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.models import ApiToken, Scope


class HasVideoScope(BasePermission):
    """Allows tokens with the scope `video`, from the networks that the token allows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            raise NotAuthenticated
        return Scope.VIDEO in token.scopes and token.allows_address(client_address(request))


def client_address(request: HttpRequest | Request) -> str:
    """Return the client's address behind settings.PROXIES proxies."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        address = forwarded[-settings.PROXIES].strip()
        if address:
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))
