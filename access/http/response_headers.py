"""The headers that every response has: what browsers may do with it, and what caches may keep."""

from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from access.http.framing import Handler
from access.http.paths import is_api_path

# Pages may use only their own scripts, styles and frames.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ResponseHeadersMiddleware:
    """First in MIDDLEWARE, so that refusals and probes have the headers of pages, too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        # Django's middlewares set only what a response lacks, so a second call changes nothing.
        self.security = SecurityMiddleware(get_response)
        self.frames = XFrameOptionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.security.process_response(request, response)
        self.frames.process_response(request, response)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", _storage(request, response))
        return response


def alive_response() -> HttpResponse:
    """Return the response to /healthz, which passes no other middleware."""
    alive = HttpResponse(
        "alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"}
    )
    return ResponseHeadersMiddleware(lambda _: alive)(HttpRequest())


def _storage(request: HttpRequest, response: HttpResponse) -> str:
    # A browser may keep a page of a user for that user, and a client a version for its ETag.
    is_kept = "ETag" in response.headers or not is_api_path(request.path_info)
    return "private, no-cache" if is_kept else "no-store"
