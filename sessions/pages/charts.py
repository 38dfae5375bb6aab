"""The number of members inside over time, as the points of a step chart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.utils import timezone

from access.staff.times import clock

# Units of the SVG image; the page scales it.
WIDTH, HEIGHT, TICKS = 720, 120, 4


@dataclass(frozen=True)
class Plot:
    """A curve within WIDTH x HEIGHT: `line` and `area` are points of an SVG polyline, polygon.

    Texts, because a template would write 1.5 as 1,5 in German. `cap` is empty if it is too high.
    """

    line: str
    area: str
    most: int
    cap: str
    ticks: list[str]


def inside_over_time(
    stays: Iterable[tuple[datetime, datetime | None]], start: datetime, end: datetime, cap: int
) -> Plot:
    """Return the plot of the number inside; a stay is (join_time, leave_time or None)."""
    steps = _steps(stays, end)
    most = max((inside for _, inside in steps), default=0)
    length = max((end - start).total_seconds(), 1)
    top = max(most, min(cap, 2 * most), 1)

    def x(moment: datetime) -> float:
        return round(min(max((moment - start).total_seconds() / length, 0), 1) * WIDTH, 1)

    def y(inside: int) -> float:
        return round(HEIGHT - inside / top * (HEIGHT - 8), 1)

    points = [(0.0, y(0))]
    for moment, inside in steps:
        points += [(x(moment), points[-1][1]), (x(moment), y(inside))]
    points.append((float(WIDTH), points[-1][1]))
    line = " ".join(f"{left},{height}" for left, height in points)
    return Plot(
        line=line,
        area=f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}",
        most=most,
        cap=str(y(cap)) if cap <= top else "",
        ticks=[_tick(start, end, part) for part in range(TICKS + 1)],
    )


def _steps(
    stays: Iterable[tuple[datetime, datetime | None]], end: datetime
) -> list[tuple[datetime, int]]:
    """Return each time at which the number inside changed, with the new number."""
    changes: dict[datetime, int] = {}
    for joined, left in stays:
        changes[joined] = changes.get(joined, 0) + 1
        if left is not None and left <= end:
            changes[left] = changes.get(left, 0) - 1
    moments = sorted(changes)
    return list(zip(moments, accumulate(changes[at] for at in moments), strict=True))


def _tick(start: datetime, end: datetime, part: int) -> str:
    moment = start + (end - start) * part / TICKS
    return clock(timezone.localtime(moment))
