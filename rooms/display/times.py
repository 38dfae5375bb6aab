"""Times and durations as texts, in the active language and time zone."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def day_and_time(moment: datetime) -> str:
    """Return "Tue 24 Nov 2026, 09:00" in the active zone, with seconds only if not zero."""
    local = timezone.localtime(moment)
    return f"{_day(local)}, {clock(local)}"


def clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _day(local: datetime) -> str:
    # Translators: Django's date format; the weekday first, as people plan.
    return day_in(gettext_noop("D j M Y"), local.date())


def day_in(pattern: str, day: date) -> str:
    """Return a day in one of Django's date formats, translated into the active language."""
    return _day_in(pattern, day, get_language())


# A list shows few days in many rows, and Django parses the format each time.
@lru_cache(maxsize=4096)
def _day_in(pattern: str, day: date, _language: str | None) -> str:
    return date_format(day, gettext(pattern))


def relative(moment: datetime, now: datetime) -> str:
    """Return "in 2 h" or "5 min ago", with at most the two largest units."""
    seconds = (moment - now).total_seconds()
    if abs(seconds) < MINUTE:
        return gettext("now")
    words = span(timedelta(seconds=abs(seconds)))
    return gettext("in %s") % words if seconds > 0 else gettext("%s ago") % words


def span(length: timedelta) -> str:
    """Return "1 h 30 min", "3 days", "40 s": exact below two hours, rounded down above."""
    seconds = int(length.total_seconds())
    if seconds < MINUTE:
        return gettext("%d s") % seconds
    if seconds < HOUR:
        return gettext("%d min") % (seconds // MINUTE)
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        return gettext("%d h") % hours + (f" {gettext('%d min') % minutes}" if minutes else "")
    days, hours = seconds // DAY, seconds % DAY // HOUR
    text = ngettext("%d day", "%d days", days) % days
    return text if days > 1 or not hours else f"{text} {gettext('%d h') % hours}"


def exact_span(seconds: int) -> str:
    """Return "1 h 30 min 5 s": a length of time with nothing left out."""
    units = (
        (seconds // DAY, ngettext("%d day", "%d days", seconds // DAY)),
        (seconds % DAY // HOUR, gettext("%d h")),
        (seconds % HOUR // MINUTE, gettext("%d min")),
        (seconds % MINUTE, gettext("%d s")),
    )
    return " ".join(words % number for number, words in units if number) or gettext("%d s") % 0
