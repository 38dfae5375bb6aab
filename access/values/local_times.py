"""Local times and clock changes. Pure.

When clocks change, a local time may not exist (a gap: the clocks go forward) or occur twice
(a fold: the clocks go back). No function guesses.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo


@dataclass(frozen=True)
class ClockChange:
    """A change of clocks: the local times just before it and just after it."""

    before: datetime
    after: datetime

    @property
    def last(self) -> datetime:
        """The last whole second before the change."""
        return self.before - timedelta(seconds=1)


def times_of(local: datetime, zone: tzinfo) -> list[datetime]:
    """Return the times, in order, at which clocks in `zone` show `local`: 0, 1 or 2.

    `local` is naive, and to the second. Raises OverflowError outside of the calendar.
    """
    readings = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moments = {one.astimezone(UTC) for one in readings}
    return sorted(one for one in moments if in_zone(one, zone) == local)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return the naive local time in `zone` at `moment`."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def clock_change_at(local: datetime, zone: tzinfo) -> ClockChange | None:
    """Return the change of clocks at which `local` does not exist or occurs twice, or None."""
    ends = sorted(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    early, late = ends
    if early == late:
        return None
    # A binary search for the change between the two readings.
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
    """Return the UTC offset in `zone` at `moment` in the format of RFC 3339: +02:00."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    seconds = round(offset.total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    # The local mean times before standard zones had offsets with seconds.
    return f"{text}:{rest:02}" if rest else text
