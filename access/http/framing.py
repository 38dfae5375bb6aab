"""Reads the whole body of a request before any view runs: a truncated body changes nothing."""

import io
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from access.http.body_limits import CutOff, TooLarge, largest_body
from access.http.header_sizes import long_headers
from access.http.paths import is_api_path
from access.http.refusals import refuse, refuse_body

Handler = Callable[[HttpRequest], HttpResponse]


class FramingMiddleware:
    """Reads the whole body, and refuses requests that are malformed, too large or not for us."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _refusal(request) or self.get_response(request)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    sentence = long_headers(request.META)
    if sentence:
        return refuse(request, 431, sentence)
    refused = _refuse_call(request) if is_api_path(request.path_info) else None
    return refused or _read_body(request) or _refuse_media_type(request)


def _refuse_media_type(request: HttpRequest) -> HttpResponse | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) == 0:
        return _drop_media_type(request)
    sentence = _unreadable(request)
    return refuse(request, 415, sentence) if sentence else None


def _drop_media_type(request: HttpRequest) -> None:
    """Forget the Content-Type of a request without a body: Django would read the query with it."""
    if request.META.pop("CONTENT_TYPE", ""):
        request.content_type, request.content_params = "", {}
        request.encoding = None


def _unreadable(request: HttpRequest) -> str:
    """Return why the server cannot read such a body, or an empty text."""
    if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        return "The charset of a body must be utf-8."
    # REST framework takes application/* for every type that it can parse.
    if "*" in (request.content_type or ""):
        return "Content-Type must name one type, without *."
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        return "Content-Encoding must be identity: send the body uncompressed."
    return ""


def _refuse_call(request: HttpRequest) -> HttpResponse | None:
    if len(request.META.get("QUERY_STRING", "")) > settings.API_QUERY_BYTES:
        return refuse(request, 414, f"The query is longer than {settings.API_QUERY_BYTES} bytes.")
    if settings.HTTPS and not request.is_secure():
        return refuse(request, 403, "Use https.")
    if not _has_allowed_host(request):
        return refuse(request, 400, "The Host header is not in ALLOWED_HOSTS.")
    return None


def _has_allowed_host(request: HttpRequest) -> bool:
    # Without a Host, Django would use the server's name; HTTP/1.1 requires one.
    if "HTTP_HOST" not in request.META and request.META["SERVER_PROTOCOL"] == "HTTP/1.1":
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _read_body(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    chunked = "HTTP_TRANSFER_ENCODING" in request.META
    if chunked and length:
        return refuse(request, 400, "Send Content-Length or Transfer-Encoding, not both.")
    if chunked and request.META["HTTP_TRANSFER_ENCODING"].lower() != "chunked":
        return refuse(request, 400, "The only supported Transfer-Encoding is chunked.")
    # int() refuses a text of more than 4,300 digits.
    if length and not re.fullmatch(r"[0-9]{1,18}", length):
        return refuse(request, 400, "Content-Length must be a whole number.")
    if not (int(length or 0) or chunked):
        return None
    return _read(request, None if chunked else int(length))


def _read(request: HttpRequest, expected: int | None) -> HttpResponse | None:
    limit = largest_body(request.path_info, request.META.get("CONTENT_TYPE", ""))
    try:
        body = _read_at_most(request, limit, expected)
    except OSError as fault:
        return refuse_body(request, fault, limit)
    # Django reads a chunked body as empty without a length (ticket 35838).
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = io.BytesIO(body)
    return None


def _read_at_most(request: HttpRequest, limit: int, expected: int | None) -> bytes:
    if expected is None or expected <= limit:
        body = request.environ["wsgi.input"].read(limit + 1 if expected is None else expected)
        if expected is not None and len(body) != expected:
            raise CutOff
        if len(body) <= limit:
            return body
    raise TooLarge
