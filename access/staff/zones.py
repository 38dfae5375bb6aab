"""Time zones to choose from: found by name, city or abbreviation."""

import zoneinfo
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from access.values.local_times import offset_text


@cache
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def offered_zones() -> tuple[str, ...]:
    """Return the time zones to choose from: places, and UTC."""
    places = (name for name in zone_names() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(places))


def find_zone(text: str) -> str | None:
    """Return the zone of a name or a city ("europe/berlin", "new york"), in any case, or None."""
    name = text.strip()
    return name if name in zone_names() else _by_text().get(_folded(name))


def no_zone_text(text: str) -> str:
    words = gettext("No time zone is named “{text}”. Enter a city or a name such as Europe/Berlin.")
    return words.format(text=text.strip()[:60])


@cache
def _by_text() -> dict[str, str]:
    # The first zone of a city counts, and a whole name before any city.
    cities = {_folded(_city(name)): name for name in reversed(offered_zones())}
    return {**cities, **{_folded(name): name for name in sorted(zone_names())}}


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def _city(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")


@require_safe
@cache_control(private=True, max_age=3600)
def time_zones(request: HttpRequest) -> HttpResponse:
    """Return the options of the field for a time zone, which a script loads when it is used."""
    return HttpResponse(zone_options(timezone.now().astimezone(UTC).date()))


# A day is short enough for the change of an offset.
@lru_cache(maxsize=2)
def zone_options(day: date) -> SafeString:
    """Return <option>s with city, abbreviations and UTC offset: a search finds each of them."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rows = ((name, _label(name, noon)) for name in offered_zones())
    return format_html_join("", '<option value="{}">{}</option>', rows)


def _label(name: str, now: datetime) -> str:
    zone = zoneinfo.ZoneInfo(name)
    year = (now.replace(month=month, day=1) for month in (1, 7))
    words = dict.fromkeys(moment.astimezone(zone).tzname() or "" for moment in year)
    # Zones without an abbreviation have their offset as a name.
    short = [word for word in words if word[:1].isalpha() and word != name]
    return " · ".join([_city(name), *short, f"UTC{offset_text(now, zone)}"])
