"""Validation of page URLs."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from access.http.framing import Handler


class PageAddressMiddleware:
    """Refuses NUL in the URL of a page, because PostgreSQL cannot store it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        holds_nul = "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info
        if holds_nul:
            raise BadRequest("The address holds a NUL.")
        return self.get_response(request)
