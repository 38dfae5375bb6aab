"""Days as texts: dates, and the names of days as seen from today."""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop


class Day(StrEnum):
    """Days that have a name of their own; the value is the distance from today."""

    YESTERDAY = "-1"
    TODAY = "0"
    TOMORROW = "1"


NAMES = {
    Day.YESTERDAY: gettext_noop("yesterday"),
    Day.TODAY: gettext_noop("today"),
    Day.TOMORROW: gettext_noop("tomorrow"),
}
# As plain texts: a list looks for one in every cell.
DISTANCES = frozenset(Day)


def named_day(day: date, today: date) -> Day | None:
    """Return the name of `day`, or None for a day that only a date names."""
    distance = str((day - today).days)
    return Day(distance) if distance in DISTANCES else None


def day_text(day: date, today: date) -> str:
    """Return "tomorrow" or "Tue 24 Nov"."""
    named = named_day(day, today)
    return gettext(NAMES[named]) if named else date_text(day, today)


def date_text(day: date, today: date) -> str:
    """Return "Tue 24 Nov", with the year only if it is not this year."""
    # Translators: Django's date formats, of a day in this year and of one in another.
    same_year = day.year == today.year
    return day_in(gettext_noop("D j M") if same_year else gettext_noop("D j M Y"), day)


def day_in(pattern: str, day: date) -> str:
    """Return a day in one of Django's date formats, translated into the active language."""
    return _day_in(pattern, day, get_language())


# A list shows few days in many rows, and Django parses the format each time.
@lru_cache(maxsize=4096)
def _day_in(pattern: str, day: date, _language: str | None) -> str:
    return date_format(day, gettext(pattern))
