"""A day, a week or a month of the user's calendar, with its parts as positions.

A day is as wide as it is long: it has 23 or 25 hours when clocks change.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from access.staff.days import day_in
from access.values.timestamps import EARLIEST, LATEST
from rooms.display.timeline import Span

LENGTHS = ("day", "week", "month")
A_DAY = timedelta(days=1)
DASH = "\N{EN DASH}"
# The hours between the lines of a day.
STEP = 3
# Translators: Django's date formats in the head of the week: wide, narrow, and of a month.
WIDE, NARROW, NUMBER = gettext_noop("D j M"), gettext_noop("D j"), "j"
# Translators: Django's date formats of a whole day and of a month.
WHOLE_DAY, MONTH = gettext_noop("l j F Y"), gettext_noop("F Y")


@dataclass(frozen=True)
class Part:
    """A day of a week or month, or some hours of a day."""

    start: datetime
    left: float
    width: float
    wide: str
    narrow: str
    # Only of a day.
    day: date | None = None

    @property
    def name(self) -> str:
        return day_in(WHOLE_DAY, self.day) if self.day else ""


@dataclass(frozen=True)
class Period:
    """Whole days in the active time zone: one day, a week from Monday on, or a month."""

    length: str
    first: date
    count: int

    @classmethod
    def around(cls, day: date, length: str) -> "Period":
        """Return the period of this length that contains `day`."""
        if length == "month":
            return cls(length, day.replace(day=1), monthrange(day.year, day.month)[1])
        if length == "week":
            return cls(length, day - A_DAY * day.weekday(), 7)
        return cls(length, day, 1)

    @cached_property
    def span(self) -> Span:
        return Span(_midnight(self.first), _midnight(self.first + A_DAY * self.count))

    @property
    def days(self) -> list[date]:
        return [self.first + A_DAY * number for number in range(self.count)]

    def contains(self, day: date) -> bool:
        return self.first <= day < self.first + A_DAY * self.count

    @property
    def earlier(self) -> date | None:
        """A day of the period before, unless the calendar ends."""
        return _in_calendar(self.first - A_DAY * (7 if self.length == "week" else 1))

    @property
    def later(self) -> date | None:
        return _in_calendar(self.first + A_DAY * self.count)

    @property
    def text(self) -> str:
        if self.length == "month":
            return day_in(MONTH, self.first)
        if self.length == "day":
            return day_in(WHOLE_DAY, self.first)
        last = self.days[-1]
        first = WIDE if self.first.year == last.year else gettext_noop("D j M Y")
        return f"{day_in(first, self.first)} {DASH} {day_in(gettext_noop('D j M Y'), last)}"

    def parts(self) -> Iterator[Part]:
        if self.length == "day":
            for hour in range(0, 24, STEP):
                yield self._part(_at(self.first, hour), _at(self.first, hour + STEP))
            return
        for day in self.days:
            yield self._part(_midnight(day), _midnight(day + A_DAY), day)

    def _part(self, start: datetime, end: datetime, day: date | None = None) -> Part:
        left = self.span.place(start)
        width = round(self.span.place(end) - left, 2)
        if day is None:
            text = f"{timezone.localtime(start):%H:%M}"
            return Part(start, left, width, text, text)
        formats = (NUMBER, NUMBER) if self.length == "month" else (WIDE, NARROW)
        return Part(start, left, width, *(day_in(one, day) for one in formats), day=day)

    def clock_changes(self) -> Iterator[str]:
        """Yield a sentence for each day that does not have 24 hours."""
        for day in self.days:
            length = _midnight(day + A_DAY) - _midnight(day)
            if length != A_DAY:
                words = gettext("The clocks change on {day}: it has {hours} hours.")
                hours = f"{length / timedelta(hours=1):g}"
                yield words.format(day=day_in(WHOLE_DAY, day), hours=hours)


def _midnight(day: date) -> datetime:
    return _at(day, 0)


def _at(day: date, hour: int) -> datetime:
    """Return the time of a local hour; 24 is the start of the next day."""
    zone = timezone.get_current_timezone()
    local = datetime.combine(day + A_DAY * (hour // 24), time(hour % 24), tzinfo=zone)
    return local.astimezone(UTC)


def _in_calendar(day: date) -> date | None:
    return day if EARLIEST.date() <= day <= LATEST.date() else None
