"""The scopes that a request needs: the token has it, or a scope that includes it."""

from typing import Any, NamedTuple

from rest_framework.permissions import SAFE_METHODS

from access.models import ApiToken, Scope


class NeededScopes(NamedTuple):
    """The scopes for reading the resources of a view, and for changing them."""

    read: Scope
    write: Scope

    def of(self, method: str) -> Scope:
        return self.read if method in SAFE_METHODS else self.write


ROOMS = NeededScopes(Scope.ROOMS_READ, Scope.ROOMS_WRITE)
SESSIONS = NeededScopes(Scope.SESSIONS_READ, Scope.SESSIONS_WRITE)
ROOM_TOKENS = NeededScopes(Scope.TOKENS_ISSUE, Scope.TOKENS_ISSUE)
WEBHOOKS = NeededScopes(Scope.WEBHOOKS, Scope.WEBHOOKS)
API_TOKENS = NeededScopes(Scope.MANAGEMENT, Scope.MANAGEMENT)
# The scopes that `video` does not include.
APART = (Scope.MANAGEMENT,)


def has_scope(token: ApiToken, scope: Scope | None) -> bool:
    """Return whether a token may do what needs `scope`; None needs the scope `video`."""
    has_all = Scope.VIDEO in token.scopes and scope not in APART
    return has_all or (scope is not None and scope in token.scopes)


def missing_scope(scope: Scope, what: str) -> str:
    """Return the sentence for a token that lacks the scope."""
    or_video = "" if scope in APART else f" or {Scope.VIDEO.value}"
    return f"{what} needs an API token with the scope {scope.value}{or_video}."


def scope_text(view: Any, method: str) -> str:
    """Return the sentence about the scope that a request needs, or nothing for `video`."""
    scope = needed_scope(view, method)
    return missing_scope(scope, "This request") if scope else ""


def needed_scope(view: Any, method: str) -> Scope | None:
    """Return the scope that a request to a view needs, besides `video`."""
    scopes: NeededScopes | None = getattr(view, "scopes", None)
    return scopes.of(method) if scopes else None
