"""Distances and lengths of time as texts, in the active language."""

from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


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
