"""What an address of a page may hold."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from config.bodies import is_api_path
from config.framing import Handler


class ReadableAddress:
    """Refuses a NUL in the address of a page: no person types one, and PostgreSQL takes none."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        holds_nul = "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info
        # The API answers for itself, in JSON.
        if holds_nul and not is_api_path(request.path_info):
            raise BadRequest("The address holds a NUL.")
        return self.get_response(request)
