from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.api.scopes import has_scope, missing_scope, needed_scope
from access.http.client_address import client_address
from access.models import ApiToken, Scope


class HasScope(BasePermission):
    """Allows tokens with the scope of the request, from the networks that the token allows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            raise NotAuthenticated
        if not token.allows_address(client_address(request)):
            return False
        scope = needed_scope(view, request.method or "")
        if has_scope(token, scope):
            return True
        if scope and any(one in Scope.values for one in token.scopes):
            self.message = missing_scope(scope, "This request")
        # Without a message, this is the response of the reference, which knows only `video`.
        return False
