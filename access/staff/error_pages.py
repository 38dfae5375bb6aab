"""The layout of an error page: with the menu if the server knows the user, and with a way back."""

from typing import Any
from urllib.parse import urlsplit

from django.db import Error
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

WITH_MENU, PLAIN = "base.html", "errors/plain.html"


class ErrorPage:
    """Texts of the error page of a request, computed when the template reads them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def layout(self) -> str:
        """The template to extend. Without a user, or a database that knows them, the plain one."""
        user: Any = getattr(self.request, "user", None)
        try:
            return WITH_MENU if user and user.is_authenticated and user.is_staff else PLAIN
        except Error:
            return PLAIN

    @property
    def back(self) -> str:
        """The path of the page that the user came from, or nothing if that is another site."""
        referer = self.request.META.get("HTTP_REFERER", "")
        parts = urlsplit(referer)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        # A path such as //host would lead away, too.
        is_ours = parts.netloc == self._host and url_has_allowed_host_and_scheme(path, None)
        is_here = self.request.method == "GET" and path == self.request.get_full_path()
        return "" if is_here or not is_ours else path

    @property
    def _host(self) -> str:
        # Not get_host(), which raises for a host that the settings do not allow.
        return str(self.request.META.get("HTTP_HOST", ""))
