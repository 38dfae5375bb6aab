"""Preferences of a user in cookies: time zone, theme and language.

Cookies need no statement per page, and they also work before sign-in.
"""

import zoneinfo
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access.http.cookies import cookie_name, read_cookie, set_cookie
from access.http.framing import Handler
from access.staff.error_pages import ErrorPage
from access.staff.zones import find_zone, no_zone_text, zone_names

ZONE, THEME = "zone", "theme"
THEMES = ("auto", "light", "dark")
KEPT = timedelta(days=365)


class PreferencesMiddleware:
    """Renders pages in the user's time zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """Return the time zone that the user chose or the browser reported; else UTC."""
    name = read_cookie(request, ZONE)
    return zoneinfo.ZoneInfo(name if name in zone_names() else settings.TIME_ZONE)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the template context of every page."""
    zone = timezone.get_current_timezone_name()
    return {
        "zone": zone,
        "zone_is_known": read_cookie(request, ZONE) in zone_names(),
        "zone_cookie": cookie_name(ZONE),
        "theme": _theme(request),
        "languages": settings.LANGUAGES,
        "error_page": ErrorPage(request),
    }


def _theme(request: HttpRequest) -> str:
    chosen = read_cookie(request, THEME)
    return chosen if chosen in THEMES else THEMES[0]


def keep_zone(response: HttpResponse, zone: str) -> None:
    set_cookie(response, ZONE, zone, KEPT)


@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Save valid preferences in cookies and redirect back."""
    response = HttpResponseRedirect(_back(request))
    if (text := request.POST.get(ZONE, "").strip()) and (zone := find_zone(text)):
        keep_zone(response, zone)
    elif text and request.user.is_authenticated:
        messages.error(request, no_zone_text(text))
    known = {
        THEME: THEMES,
        "language": [code for code, _ in settings.LANGUAGES],
    }
    for name, values in known.items():
        if (chosen := request.POST.get(name)) in values:
            # Django reads this cookie (settings.LANGUAGE_COOKIE_NAME).
            cookie = "django_language" if name == "language" else name
            set_cookie(response, cookie, chosen, KEPT)
    return response


def _back(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if ours else "/"
