"""The user of a page's session, who is read with the session, and their permissions.

Django reads each with a statement that the ORM builds for every request: a tenth of a page.
"""

from functools import cache, partial
from typing import Any

from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user,
    get_user_model,
)
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from access.database.prepared_queries import PreparedRowsQuery

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's middleware, with the user from user_of()."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        user: Any = SimpleLazyObject(partial(user_of, request))
        request.user = user


def user_of(request: Any) -> Any:
    """Return the user of Django's get_user(), which decides about each doubtful session."""
    user = request.session.read_user()
    if user is None or not _is_signed_in(user, request.session):
        return get_user(request)
    if not user.is_superuser:
        # The place where Django keeps them after it has read them.
        user._perm_cache = SimpleLazyObject(partial(_permissions, user.pk))
    return user


def _is_signed_in(user: Any, session: Any) -> bool:
    """Return whether Django would accept this user of the session."""
    if not user.is_active or session.get(SESSION_KEY) != str(user.pk):
        return False
    if session.get(BACKEND_SESSION_KEY) != MODEL_BACKEND:
        return False
    # The hash changes with the password.
    signed_in_with = session.get(HASH_SESSION_KEY, "")
    return constant_time_compare(signed_in_with, user.get_session_auth_hash())


def _permissions(pk: int) -> set[str]:
    return {f"{app}.{name}" for app, name in _permission_rows().all(pk)}


@cache
def _permission_rows() -> PreparedRowsQuery:
    """Return the query for the permissions of a user and of the user's groups."""
    own: Any = get_user_model().user_permissions.through.objects
    of_groups: Any = Permission.group_set.through.objects

    def build(pk: int) -> QuerySet[Any, Any]:
        named = own.filter(user=pk).values("permission")
        of_group = of_groups.filter(group__user=pk).values("permission")
        found = Permission.objects.filter(Q(pk__in=named) | Q(pk__in=of_group)).order_by()
        return found.values_list("content_type__app_label", "codename")

    return PreparedRowsQuery(build, get_user_model()._meta.pk)
