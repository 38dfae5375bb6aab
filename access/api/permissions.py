from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.http.client_address import client_address
from access.models import ApiToken, Scope


class HasVideoScope(BasePermission):
    """Allows tokens with the scope `video`, from the networks that the token allows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            raise NotAuthenticated
        return Scope.VIDEO in token.scopes and token.allows_address(client_address(request))
