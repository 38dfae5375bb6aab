"""The base of the API's views: project, preferences (RFC 7240) and dry runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.filters import read_boolean
from access.api.forms import Shapes
from access.api.posts import PostView
from access.api.prefer import Preferences
from access.api.query import DRY_RUN, changes, check_call
from access.api.scopes import NeededScopes
from access.http.errors import ApiError
from access.http.preconditions import Precondition, etag, is_known, precondition
from access.models import ApiToken, Project, token_by_prefix
from access.values.faults import unknown_parameter


class ProjectView(PostView):
    """A view of the resources of the API token's project."""

    queryset = Project.objects.none()
    # The scopes that requests need, if the token lacks `video`; without any, only `video` will do.
    scopes: ClassVar[NeededScopes | None] = None
    # The fields of a form-encoded body that are lists or objects.
    form_shapes: ClassVar[Shapes] = {}
    # Whether the replica may answer GET requests. Decisions about access need the primary.
    reads_replica = False
    # The writing actions that compare self.condition with a version; others have no version.
    versioned_actions: ClassVar[frozenset[str]] = frozenset()
    # The query parameters of each action, besides dry_run and those of filters and pages.
    query_parameters: ClassVar[Mapping[str, Sequence[OpenApiParameter]]] = {}
    # Whether the actions that change something can be tried.
    has_dry_run = True
    # The actions that Prefer: merge affects.
    merging_actions: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.action:
            # The response is a 405.
            return
        if request.META.get("QUERY_STRING") or "HTTP_PREFER" in request.META:
            check_call(self)
        if changes(self) and self.action not in self.versioned_actions:
            self.check_condition(None, "resource")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        may_apply = "HTTP_PREFER" in request.META and response.status_code < 300
        if may_apply and (applied := self._applied()):
            response.headers["Preference-Applied"] = ", ".join(applied)
        return response

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
    def preferences(self) -> Preferences:
        return Preferences(self.request.META.get("HTTP_PREFER", ""))

    @cached_property
    def is_dry_run(self) -> bool:
        has_query = bool(self.request.META.get("QUERY_STRING"))
        asked = has_query and read_boolean(self.request.query_params, DRY_RUN)
        return asked or self.preferences.has("dry-run")

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

    def answer(self, body: dict[str, Any], status: int = 200, **headers: str) -> Response:
        """Return a response with the body, which says if this is a dry run."""
        if self.is_dry_run:
            body["dry_run"] = True
        return Response(body, status=status, headers=headers)

    @contextmanager
    def rollback_if_dry_run(self) -> Iterator[None]:
        """Roll back the writes of the block if this is a dry run."""
        if not self.is_dry_run:
            yield
            return
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    @property
    def is_strict(self) -> bool:
        return self.preferences.has("handling", "strict")

    @property
    def merges(self) -> bool:
        return self.action in self.merging_actions and self.preferences.has("merge")

    def read_options(self, *known: str) -> dict[str, Any]:
        """Return the optional body, {} without one. Raises ValidationError for unknown keys."""
        sent = body_of(self.request) if has_body(self.request) else {}
        unknown = [name for name in sent if name not in known] if self.is_strict else []
        if unknown:
            raise ValidationError({name: unknown_parameter(name) for name in unknown})
        return sent

    def _applied(self) -> list[str]:
        """Return the preferences of the request that the view has applied."""
        applied = {
            "handling=strict": self.is_strict,
            "dry-run": changes(self) and self.preferences.has("dry-run"),
            "merge": self.merges,
        }
        return [name for name, is_applied in applied.items() if is_applied]


def body_of(request: Request) -> Any:
    """Return the body. Raises ParseError if it is empty."""
    if not has_body(request):
        raise ParseError("The body is empty: send a JSON object, {} to change nothing.")
    return request.data


def has_body(request: Request) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > 0
