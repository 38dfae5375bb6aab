"""The base of the API's views: project, preferences (RFC 7240) and dry runs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.functional import cached_property
from rest_framework import viewsets
from rest_framework.exceptions import ParseError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.filters import read_boolean
from access.http.errors import ApiError
from access.http.preconditions import Precondition, etag, is_known, precondition
from access.models import ApiToken, Project, token_by_prefix


class ProjectView(viewsets.GenericViewSet):
    """A view of the resources of the API token's project."""

    queryset = Project.objects.none()
    # Whether the replica may answer GET requests. Decisions about access need the primary.
    reads_replica = False
    # The writing actions that compare self.condition with a version; others have no version.
    versioned_actions: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Without an action, the response is a 405.
        writes = self.action and request.method not in SAFE_METHODS
        if writes and self.action not in self.versioned_actions:
            self.check_condition(None, "resource")

    @cached_property
    def condition(self) -> Precondition | None:
        """The condition that the request sets to its write, or None."""
        return precondition(self.request)

    def check_condition(self, resource: Any, noun: str) -> None:
        """Raise the 412 unless the resource meets the condition of the request."""
        fault = self.condition.fault(resource, noun) if self.condition else ""
        if fault:
            raise ApiError(412, fault, {"ETag": etag(resource)} if resource else {})

    def find_token(self, prefix: str) -> ApiToken | None:
        """Return the token of this prefix; a view may read more with the same statement."""
        return token_by_prefix().first(prefix)

    @property
    def token(self) -> ApiToken:
        return self.request.auth

    @cached_property
    def is_dry_run(self) -> bool:
        # An invalid value is refused, so that the client does not make a real change.
        has_query = bool(self.request.META.get("QUERY_STRING"))
        asked = has_query and read_boolean(self.request.query_params, "dry_run")
        return asked or self.prefers("dry-run")

    def show(
        self, resource: Any, serialize: Callable[[Any], Any], *, always: bool = False
    ) -> HttpResponseBase:
        """Return the resource with its ETag, or 304 if the client has its present version.

        `always` returns the resource in full, if its response changes within a version.
        """
        headers = {"ETag": etag(resource)}
        if is_known(resource, self.request) and not always:
            return HttpResponse(status=304, headers=headers)
        return Response(serialize(resource), headers=headers)

    @contextmanager
    def rollback_if_dry_run(self) -> Iterator[None]:
        """Roll back the writes of the block if this is a dry run."""
        if not self.is_dry_run:
            yield
            return
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def prefers(self, name: str, value: str = "") -> bool:
        """Return whether the Prefer header of the request has this preference."""
        header = self.request.META.get("HTTP_PREFER")
        if not header:
            return False
        wanted = rf"{name}\s*=\s*\"?{value}\"?" if value else name
        return re.search(rf"(?:^|[,;])\s*{wanted}\s*(?:[,;]|\Z)", header, re.I) is not None

    @property
    def is_strict(self) -> bool:
        return self.prefers("handling", "strict")

    def applied_of(self, *preferences: str) -> dict[str, str]:
        """Return the header Preference-Applied with those of the preferences that were sent."""
        applied = [name for name in preferences if self.prefers(*name.split("="))]
        return {"Preference-Applied": ", ".join(applied)} if applied else {}


def body_of(request: Request) -> Any:
    """Return the body. Raises ParseError if it is empty."""
    if not has_body(request):
        raise ParseError("The body is empty: send a JSON object, {} to change nothing.")
    return request.data


def has_body(request: Request) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > 0
