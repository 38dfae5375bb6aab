"""The timeline of a room: its schedule and sessions around now, as positions. Pure.

Positions are percent of the width, so text keeps its size at every width.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from access.staff.days import day_in
from access.values.timestamps import EARLIEST, LATEST
from rooms.rules.join_policy import SCHEDULE, JoinPolicy

SHORTEST = timedelta(hours=6)
# The time before and after now that is shown of a room without a schedule.
BEFORE, AFTER = timedelta(days=6), timedelta(days=1)
# The share of the span that is left empty at both ends.
MARGIN = 0.04
NARROWEST = 0.6
BEYOND = 5.0
# The width of a character of a tick, and of its distance, in percent of the timeline.
CHARACTER = 1.8
EDGE = 8
TICKS_AT_MOST = 7
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = (
    *(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 15, 30)),
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
    *(HOUR * hours for hours in (1, 2, 3, 6, 12)),
    *(DAY * days for days in (1, 2, 7, 14, 30, 91, 182, 365, 730, 1825, 3650, 18250, 73000)),
)


@dataclass(frozen=True)
class Bar:
    """A period: `kind` is joining, inside, past or live; None is an open end."""

    kind: str
    start: datetime | None
    end: datetime | None
    left: float
    width: float


@dataclass(frozen=True)
class Place:
    left: float

    @property
    def anchor(self) -> str:
        """The text-anchor of SVG with which the text is not cut off."""
        if self.left < EDGE:
            return "start"
        return "end" if self.left > 100 - EDGE else "middle"


@dataclass(frozen=True)
class Mark(Place):
    """A point in time: `kind` is now, opens, closes or removes."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Tick(Place):
    text: str

    @property
    def ends(self) -> tuple[float, float]:
        """The left and right end of the text."""
        width = len(self.text) * CHARACTER
        left = self.left - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, left + width


@dataclass(frozen=True)
class Span:
    """The period that the timeline shows."""

    start: datetime
    end: datetime

    @classmethod
    def around(cls, settings: Any, now: datetime, *more: datetime) -> "Span":
        """Return the period from the first to the last relevant time, with `now` in it."""
        planned = [getattr(settings, name) for name in SCHEDULE]
        moments = [now, *more, *(moment for moment in planned if moment is not None)]
        if len(moments) == 1:
            moments += [now - BEFORE, now + AFTER]
        first, last = min(moments), max(moments)
        around = max((last - first) * MARGIN, (SHORTEST - (last - first)) / 2)
        return cls(_within(first, -around), _within(last, around))

    def place(self, moment: datetime) -> float:
        """Return the position of a time in percent; outside of the span, that of its edge."""
        share = (moment - self.start) / (self.end - self.start)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def bar(self, kind: str, start: datetime | None, end: datetime | None) -> Bar:
        """Return a bar; one with an open end reaches beyond the edge."""
        left = -BEYOND if start is None else self.place(start)
        right = 100 + BEYOND if end is None else self.place(end)
        width = max(NARROWEST, round(right - left, 2))
        # A minimal width extends to the left, so that no session seems to last beyond now.
        return Bar(kind, start, end, max(-BEYOND, round(right - width, 2)), width)

    def clipped(self, kind: str, start: datetime | None, end: datetime | None) -> Bar:
        """Return a bar; one that begins before the span or ends after it reaches beyond it."""
        inner_start = start if start and start >= self.start else None
        inner_end = end if end and end <= self.end else None
        return self.bar(kind, inner_start, inner_end)

    def readable_ticks(self) -> tuple[Tick, ...]:
        """Return the ticks; one whose text would touch the text before it has none."""
        return tuple(_readable(self.ticks()))

    def ticks(self) -> Iterator[Tick]:
        """Yield at most TICKS_AT_MOST round local times."""
        length = self.end - self.start
        step = next((s for s in STEPS if length / s <= TICKS_AT_MOST), STEPS[-1])
        zone = timezone.get_current_timezone()
        local = _floor(self.start.astimezone(zone).replace(tzinfo=None), step)
        last = self.end.astimezone(zone).replace(tzinfo=None)
        while (local := _next(local, step)) < last:
            moment = local.replace(tzinfo=zone).astimezone(UTC)
            yield Tick(self.place(moment), _tick_text(local, step))


@dataclass(frozen=True)
class Timeline:
    span: Span
    joining: Bar
    inside: Bar
    sessions: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]

    @classmethod
    def of(cls, settings: Any, sessions: Iterable[Any], now: datetime, span: Span) -> "Timeline":
        """Return the timeline of `span`; each of `sessions` has a start_time and an end_time."""
        ends = JoinPolicy.of(settings).ends_joining
        return cls(
            span,
            span.bar("joining", settings.join_from, ends),
            span.bar("inside", settings.join_from, settings.remove_at),
            tuple(_session(span, one, now) for one in sessions),
            tuple(_marks(settings, now, span)),
            span.readable_ticks(),
        )


def _readable(ticks: Iterable[Tick]) -> Iterator[Tick]:
    free = -BEYOND
    for tick in ticks:
        left, right = tick.ends
        fits = left >= free
        free = right if fits else free
        yield tick if fits else replace(tick, text="")


def _session(span: Span, session: Any, now: datetime) -> Bar:
    if session.end_time is None:
        return span.bar("live", session.start_time, max(now, session.start_time))
    return span.bar("past", session.start_time, session.end_time)


def _marks(settings: Any, now: datetime, span: Span) -> Iterator[Mark]:
    named = {
        "opens": settings.join_from,
        "closes": settings.join_until,
        "removes": settings.remove_at,
        "now": now,
    }
    for kind, moment in named.items():
        if moment is not None:
            yield Mark(span.place(moment), kind, moment)


def _within(moment: datetime, by: timedelta) -> datetime:
    # One day inside of the range of timestamps, every zone still has valid dates.
    nearest, furthest = EARLIEST - DAY, LATEST + DAY
    by = max(nearest - moment, min(furthest - moment, by))
    return moment + by


def _floor(local: datetime, step: timedelta) -> datetime:
    if step < DAY:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + (local - midnight) // step * step
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step < DAY * 7:
        return day
    if step < DAY * 30:
        return day - DAY * day.weekday()
    return day.replace(day=1) if step < DAY * 365 else day.replace(month=1, day=1)


def _next(local: datetime, step: timedelta) -> datetime:
    if step < DAY * 30:
        return local + step
    months = round(step / (DAY * 30.4375))
    month = local.month - 1 + months
    return local.replace(year=min(local.year + month // 12, 9000), month=month % 12 + 1)


def _tick_text(local: datetime, step: timedelta) -> str:
    if step < DAY and (local.hour or local.minute or local.second):
        return f"{local:%H:%M}" if step.seconds % 60 == 0 else f"{local:%H:%M:%S}"
    if step < DAY * 30:
        # Translators: Django's date format, for a day on the timeline.
        return day_in(gettext_noop("D j M"), local.date())
    if step < DAY * 365:
        # Translators: Django's date format, for a month on the timeline.
        return day_in(gettext_noop("M Y"), local.date())
    return f"{local.year}"
