"""One path for each API view, however the client writes it."""

from django.http import HttpRequest, HttpResponse

from access.http.framing import Handler
from access.http.paths import plain_path


class ApiPathsMiddleware:
    """Gives every later middleware and view the plain path, because a redirect loses bodies."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.path_info
        plain = plain_path(sent)
        if plain != sent:
            # The part before it is the prefix of a WSGI server, SCRIPT_NAME.
            request.path = request.META.get("SCRIPT_NAME", "").rstrip("/") + plain
            request.path_info = request.META["PATH_INFO"] = plain
        return self.get_response(request)
