"""Responses to requests that no view reads, as JSON for the API and as a page otherwise."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from access.http.body_limits import Busy, TooLarge, Unproven
from access.http.challenges import BASIC
from access.http.errors import SECONDS_UNTIL_RETRY, json_error
from access.http.paths import is_api_path

BUSY = f"The server has no memory left for this body. Try again in {SECONDS_UNTIL_RETRY} seconds."
UNPROVEN = "Sign in before you send a large form."


def refuse(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    if is_api_path(request.path_info):
        return json_error(request, status, sentence)
    # Rendered without the request, because the request was refused.
    return HttpResponse(
        render_to_string("errors/refused.html", {"sentence": sentence}), status=status
    )


def refuse_body(request: HttpRequest, fault: OSError, limit: int) -> HttpResponse:
    """Return the response for a body that could not be read because of `fault`."""
    if isinstance(fault, TimeoutError):
        return refuse(request, 408, "The body did not arrive in time.")
    if isinstance(fault, TooLarge):
        return refuse(request, 413, f"A body may have at most {limit // 1024} kB.")
    if isinstance(fault, Busy):
        return _with(refuse(request, 503, BUSY), "Retry-After", str(SECONDS_UNTIL_RETRY))
    if isinstance(fault, Unproven):
        return _refuse_unproven(request)
    return refuse(request, 400, "The body did not arrive whole.")


def _refuse_unproven(request: HttpRequest) -> HttpResponse:
    if is_api_path(request.path_info):
        return _with(refuse(request, 401), "WWW-Authenticate", BASIC)
    return refuse(request, 403, UNPROVEN)


def _with(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.headers[name] = value
    return response
