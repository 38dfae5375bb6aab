"""Preferences of a user in cookies: time zone, theme and language.

Cookies need no statement per page, and they also work before sign-in.
"""

import zoneinfo
from datetime import timedelta
from functools import cache, lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.http.cookies import cookie_name, read_cookie, set_cookie
from access.http.framing import Handler
from access.staff.error_pages import ErrorPage

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


@cache
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def offered_zones() -> tuple[str, ...]:
    """Return the time zones to choose from: places, and UTC."""
    places = (name for name in zone_names() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(places))


# Cached: rendering the 400 options takes longer than most pages.
@lru_cache(maxsize=32)
def zone_options(chosen: str) -> SafeString:
    """Return the options of a select, one of them selected."""
    names = ((SafeString(" selected") if name == chosen else "", name) for name in offered_zones())
    return format_html_join("", "<option{}>{}</option>", names)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the template context of every page."""
    zone = timezone.get_current_timezone_name()
    return {
        "zone": zone,
        "zone_is_known": read_cookie(request, ZONE) in zone_names(),
        "zone_cookie": cookie_name(ZONE),
        "theme": _theme(request),
        "languages": settings.LANGUAGES,
        # A callable, so that only templates with the select render it.
        "zone_options": partial(zone_options, zone),
        "error_page": ErrorPage(request),
    }


def _theme(request: HttpRequest) -> str:
    chosen = read_cookie(request, THEME)
    return chosen if chosen in THEMES else THEMES[0]


@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Save valid preferences in cookies and redirect back."""
    response = HttpResponseRedirect(_back(request))
    known = {
        ZONE: zone_names(),
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
