"""Query parameters that come twice are refused, because only one of the values would count."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from access.http.errors import base_url, faults_body
from access.http.framing import Handler
from config.middleware.requests import is_api


class RepeatedParametersMiddleware:
    """Returns 422 for a parameter that comes twice, unless the page takes several values of it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.META.get("QUERY_STRING"):
            return None
        names = [name for name, values in request.GET.lists() if len(values) > 1]
        names = [name for name in names if not _may_repeat(request, view, name)]
        if not names:
            return None
        return _refuse_call(request, names) if is_api(request) else _refuse_page(request, names)


def _may_repeat(request: HttpRequest, view: Any, name: str) -> bool:
    return name in getattr(view, "may_repeat", ()) or _is_admin_filter(request, view, name)


def _is_admin_filter(request: HttpRequest, view: Any, name: str) -> bool:
    """Return whether `name` filters a list of Django's admin, which finds either value."""
    match, admin = request.resolver_match, getattr(view, "model_admin", None)
    if admin is None or not ((match and match.url_name) or "").endswith("_changelist"):
        return False
    return name.partition("__")[0] in {field.name for field in admin.opts.get_fields()}


def _refuse_call(request: HttpRequest, names: list[str]) -> JsonResponse:
    faults = {
        name: ValidationError(f"{name} comes more than once: send it once.", "invalid_parameter")
        for name in names
    }
    return JsonResponse(faults_body(ValidationError(faults), base_url(request)), status=422)


def _refuse_page(request: HttpRequest, names: list[str]) -> HttpResponse:
    return render(request, "errors/repeated.html", {"names": names}, status=422)
