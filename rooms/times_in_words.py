"""Moments and spans as a person says them, in the active language and time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def day_and_time(moment: datetime) -> str:
    """Return "Tue 24 Nov 2026, 09:00" in the active zone; seconds only where there are any."""
    local = timezone.localtime(moment)
    return f"{_day(local)}, {clock(local)}"


def clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _day(local: datetime) -> str:
    # Translators: Django's date format; the weekday first, as people plan.
    return date_format(local, gettext("D j M Y"))


def relative(moment: datetime, now: datetime) -> str:
    """Return "in 2 h" or "5 min ago": the two largest units that say something."""
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
    told = ngettext("%d day", "%d days", days) % days
    return told if days > 1 or not hours else f"{told} {gettext('%d h') % hours}"
