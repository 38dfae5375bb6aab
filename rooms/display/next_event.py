"""Short texts for the times of a schedule and for its events."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from rooms.display.days import Day, date_text, named_day
from rooms.display.times import clock
from rooms.rules.join_policy import ScheduledEvent

# Translated when used, because each cell of a list shows only one of them.
SHORT = {
    Day.YESTERDAY: gettext_noop("yesterday %(time)s"),
    Day.TODAY: gettext_noop("today %(time)s"),
    Day.TOMORROW: gettext_noop("tomorrow %(time)s"),
}
DATED = gettext_noop("%(day)s, %(time)s")
SENTENCES = {
    ScheduledEvent.OPENS: gettext_noop("opens %(when)s"),
    ScheduledEvent.CLOSES: gettext_noop("closes %(when)s"),
    ScheduledEvent.REMOVES_EVERYONE: gettext_noop("everyone leaves %(when)s"),
}


def short(moment: datetime, now: datetime) -> str:
    """Return "today 09:00" or "Tue 24 Nov, 09:00", with the year only if it is not this year."""
    local = timezone.localtime(moment)
    day = _day(local, timezone.localtime(now))
    return gettext(SHORT.get(day, DATED)) % {"day": day, "time": clock(local)}


def _day(local: datetime, now: datetime) -> str:
    """Return one of Day, or the date of another day; both times are in the active zone."""
    there, here = local.date(), now.date()
    return named_day(there, here) or date_text(there, here)
