"""Local times as a person types them: which moments they name, where clocks are changed. Pure.

On a night of daylight saving a local time may name no moment (a gap: the clocks jump over it)
or two (a fold: the clocks go back). Nothing here guesses.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo


@dataclass(frozen=True)
class ClockChange:
    """The clocks of a zone are changed: what they show just before it and at it, local times."""

    before: datetime
    after: datetime

    @property
    def last(self) -> datetime:
        """The last whole second that the clocks show before they jump."""
        return self.before - timedelta(seconds=1)


def times_of(local: datetime, zone: tzinfo) -> list[datetime]:
    """Return the moments, earliest first, at which clocks in `zone` show `local`: 0, 1 or 2.

    `local` is naive, and to the second. Raises OverflowError outside of the calendar.
    """
    readings = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moments = {one.astimezone(UTC) for one in readings}
    return sorted(one for one in moments if in_zone(one, zone) == local)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return what clocks in `zone` show at `moment`: naive."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def clock_change_at(local: datetime, zone: tzinfo) -> ClockChange | None:
    """Return the change of clocks that makes `local` no moment or two; None where it is one."""
    ends = sorted(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    early, late = ends
    if early == late:
        return None
    # Both readings lie around the change: halved until the second before it is found.
    before, after = early - timedelta(seconds=1), late
    start = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == start:
            before = middle
        else:
            after = middle
    return ClockChange(in_zone(before, zone) + timedelta(seconds=1), in_zone(after, zone))


def offset_text(moment: datetime, zone: tzinfo) -> str:
    """Return how far clocks in `zone` are from UTC at `moment`, as RFC 3339 says it: +02:00."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    seconds = round(offset.total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    # Before zones there were clocks of single towns.
    return f"{text}:{rest:02}" if rest else text
