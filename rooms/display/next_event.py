"""Short texts for the times of a schedule and for the next event of a room."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from rooms.display.days import Day, date_text, named_day
from rooms.display.times import clock, relative
from rooms.rules.join_policy import ScheduledEvent, Upcoming

# Events that are nearer than this are shown as a duration, not as a time of day.
NEAR = timedelta(hours=3)


# Translated when used, because each cell of a list shows only one of them.
SHORT = {
    Day.YESTERDAY: gettext_noop("yesterday %(time)s"),
    Day.TODAY: gettext_noop("today %(time)s"),
    Day.TOMORROW: gettext_noop("tomorrow %(time)s"),
}
DATED = gettext_noop("%(day)s, %(time)s")
AT = {
    Day.TODAY: gettext_noop("at %(time)s"),
    Day.TOMORROW: gettext_noop("tomorrow at %(time)s"),
}
ON_A_DATE = gettext_noop("on %(day)s, %(time)s")
SENTENCES = {
    ScheduledEvent.OPENS: gettext_noop("opens %(when)s"),
    ScheduledEvent.CLOSES: gettext_noop("closes %(when)s"),
    ScheduledEvent.REMOVES_EVERYONE: gettext_noop("everyone leaves %(when)s"),
}


def next_event_text(upcoming: Upcoming, now: datetime) -> str:
    """Return "opens in 2 h" or "everyone leaves at 18:00", in the active zone."""
    return gettext(SENTENCES[upcoming.what]) % {"when": _when(upcoming.at, now)}


def _when(moment: datetime, now: datetime) -> str:
    if moment - now < NEAR:
        return relative(moment, now)
    local = timezone.localtime(moment)
    day = _day(local, timezone.localtime(now))
    return gettext(AT.get(day, ON_A_DATE)) % {"day": day, "time": clock(local)}


def short(moment: datetime, now: datetime) -> str:
    """Return "today 09:00" or "Tue 24 Nov, 09:00", with the year only if it is not this year."""
    local = timezone.localtime(moment)
    day = _day(local, timezone.localtime(now))
    return gettext(SHORT.get(day, DATED)) % {"day": day, "time": clock(local)}


def _day(local: datetime, now: datetime) -> str:
    """Return one of Day, or the date of another day; both times are in the active zone."""
    there, here = local.date(), now.date()
    return named_day(there, here) or date_text(there, here)
