"""Moments of a schedule in few words, and what the clock will do to a room next."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from rooms.join_policy import Happening, Upcoming
from rooms.times_in_words import clock, relative

# Nearer than this, how long it still takes says more than the time of day.
NEAR = timedelta(hours=3)


def next_in_words(upcoming: Upcoming, now: datetime) -> str:
    """Return "opens in 2 h" or "removes everyone at 18:00", in the active zone."""
    return _sentence(upcoming.what) % {"when": _when(upcoming.at, now)}


def _sentence(what: Happening) -> str:
    return {
        Happening.OPENS: gettext("opens %(when)s"),
        Happening.CLOSES: gettext("closes %(when)s"),
        Happening.REMOVES_EVERYONE: gettext("removes everyone %(when)s"),
    }[what]


def _when(moment: datetime, now: datetime) -> str:
    if moment - now < NEAR:
        return relative(moment, now)
    day, time = _day(moment, now), clock(timezone.localtime(moment))
    words = {
        Day.TODAY: gettext("at %(time)s"),
        Day.TOMORROW: gettext("tomorrow at %(time)s"),
    }
    return words.get(day, gettext("on %(day)s, %(time)s")) % {"day": day, "time": time}


def short(moment: datetime, now: datetime) -> str:
    """Return "today 09:00" or "Tue 24 Nov, 09:00"; the year only where it is not this one."""
    day, time = _day(moment, now), clock(timezone.localtime(moment))
    words = {
        Day.YESTERDAY: gettext("yesterday %(time)s"),
        Day.TODAY: gettext("today %(time)s"),
        Day.TOMORROW: gettext("tomorrow %(time)s"),
    }
    return words.get(day, gettext("%(day)s, %(time)s")) % {"day": day, "time": time}


class Day(StrEnum):
    """Days that have a name of their own, seen from today."""

    YESTERDAY = "-1"
    TODAY = "0"
    TOMORROW = "1"


def _day(moment: datetime, now: datetime) -> str:
    """Return one of Day or, of another day, its date."""
    there, here = timezone.localtime(moment).date(), timezone.localtime(now).date()
    away = str((there - here).days)
    if away in set(Day):
        return away
    # Translators: Django's date formats, of a day in this year and of one in another.
    pattern = gettext("D j M") if there.year == here.year else gettext("D j M Y")
    return date_format(there, pattern)
