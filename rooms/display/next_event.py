"""Moments of a schedule in few words, and what the clock will do to a room next."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from rooms.display.times import clock, day_in, relative
from rooms.rules.join_policy import ScheduledEvent, Upcoming

# Nearer than this, how long it still takes says more than the time of day.
NEAR = timedelta(hours=3)


class Day(StrEnum):
    """Days that have a name of their own, seen from today."""

    YESTERDAY = "-1"
    TODAY = "0"
    TOMORROW = "1"


NAMED = frozenset(Day)
# Only the sentence that is said is looked up: a list says one in every cell.
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
    ScheduledEvent.REMOVES_EVERYONE: gettext_noop("removes everyone %(when)s"),
}


def next_in_words(upcoming: Upcoming, now: datetime) -> str:
    """Return "opens in 2 h" or "removes everyone at 18:00", in the active zone."""
    return gettext(SENTENCES[upcoming.what]) % {"when": _when(upcoming.at, now)}


def _when(moment: datetime, now: datetime) -> str:
    if moment - now < NEAR:
        return relative(moment, now)
    local = timezone.localtime(moment)
    day = _day(local, timezone.localtime(now))
    return gettext(AT.get(day, ON_A_DATE)) % {"day": day, "time": clock(local)}


def short(moment: datetime, now: datetime) -> str:
    """Return "today 09:00" or "Tue 24 Nov, 09:00"; the year only where it is not this one."""
    local = timezone.localtime(moment)
    day = _day(local, timezone.localtime(now))
    return gettext(SHORT.get(day, DATED)) % {"day": day, "time": clock(local)}


def _day(local: datetime, now: datetime) -> str:
    """Return one of Day or, of another day, its date; both moments are in the active zone."""
    there, here = local.date(), now.date()
    away = str((there - here).days)
    if away in NAMED:
        return away
    # Translators: Django's date formats, of a day in this year and of one in another.
    pattern = gettext_noop("D j M") if there.year == here.year else gettext_noop("D j M Y")
    return day_in(pattern, there)
