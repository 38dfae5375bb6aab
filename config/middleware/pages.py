"""The middlewares that only pages need: MIDDLEWARE names the classes that are made here."""

from typing import Any

from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from access.credentials.signed_in import SignedInMiddleware
from access.database.outages import outage_behind
from access.http.framing import Handler
from access.staff.preferences import PreferencesMiddleware
from config.middleware.page_addresses import PageAddressMiddleware
from config.middleware.requests import PageLocaleMiddleware, is_api, outage_page

SAFE = ("GET", "HEAD", "OPTIONS")


class _ForPages:
    """Sends an API request past this middleware and all others for pages that follow it."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        # Django wraps each middleware in a function that keeps the middleware's attributes.
        self.behind_pages = getattr(get_response, "behind_pages", get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_api(request):
            return self.behind_pages(request)
        return super().__call__(request)


class PageSessionMiddleware(SessionMiddleware):
    """Returns a page whose session cannot be saved at present; other requests get a 503."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (Error, SessionInterrupted) as fault:
            # Django takes each database error for a session that another request has ended.
            outage = outage_behind(fault)
            if outage is None:
                raise
            return response if request.method in SAFE else outage_page(request, outage)


def for_pages(middleware: type) -> Any:
    """Return `middleware` as a class of which API requests pass only the view hooks."""
    return type(middleware.__name__, (_ForPages, middleware), {"__doc__": middleware.__doc__})


static_files = for_pages(WhiteNoiseMiddleware)
page_addresses = for_pages(PageAddressMiddleware)
sessions = for_pages(PageSessionMiddleware)
page_locale = for_pages(PageLocaleMiddleware)
common = for_pages(CommonMiddleware)
csrf = for_pages(CsrfViewMiddleware)
authentication = for_pages(SignedInMiddleware)
messages = for_pages(MessageMiddleware)
htmx = for_pages(HtmxMiddleware)
preferences = for_pages(PreferencesMiddleware)
