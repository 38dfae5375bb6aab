"""The number of members inside over time, as the points of a step chart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from rooms.display.timeline import Span, Tick

# Units of the SVG image; the page scales it.
WIDTH, HEIGHT = 720, 120
# The space above the highest point.
ABOVE = 8
# Labels of the y axis that are nearer than this would overlap.
NEAR = 16
# A longer list is of no use beside the members and the events of the session.
ROWS = 12


@dataclass(frozen=True)
class Height:
    """A label of the y axis: a number of members, and its place."""

    number: int
    y: float


@dataclass(frozen=True)
class Plot:
    """A curve within WIDTH x HEIGHT: `line` and `area` are points of an SVG polyline, polygon.

    Texts, because a template would write 1.5 as 1,5 in German. `cap` is empty if it is too high.
    """

    line: str
    area: str
    most: int
    cap: str
    heights: list[Height]
    ticks: tuple[Tick, ...]
    # The list has the number inside from a time on; of many changes, the peak of several.
    rows: list[tuple[datetime, int]]


def inside_over_time(
    stays: Iterable[tuple[datetime, datetime | None]], start: datetime, end: datetime, cap: int
) -> Plot:
    """Return the plot of the number inside; a stay is (join_time, leave_time or None)."""
    steps = _steps(stays, end)
    most = max((inside for _, inside in steps), default=0)
    span = Span(start, max(end, start + timedelta(seconds=1)))
    top = max(most, min(cap, 2 * most), 1)

    def x(moment: datetime) -> float:
        return round(span.place(moment) * WIDTH / 100, 1)

    def y(inside: int) -> float:
        return round(HEIGHT - inside / top * (HEIGHT - ABOVE), 1)

    points = [(0.0, y(0))]
    for moment, inside in steps:
        points += [(x(moment), points[-1][1]), (x(moment), y(inside))]
    points.append((float(WIDTH), points[-1][1]))
    line = " ".join(f"{left},{height}" for left, height in points)
    numbers = [cap, most, 0] if cap <= top else [most, 0]
    return Plot(
        line=line,
        area=f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}",
        most=most,
        cap=str(y(cap)) if cap <= top else "",
        heights=_apart(Height(number, y(number)) for number in numbers),
        ticks=span.readable_ticks(),
        rows=_peaks(steps),
    )


def _apart(heights: Iterable[Height]) -> list[Height]:
    """Return the labels; one that would overlap a label before it is left out."""
    kept: list[Height] = []
    for height in heights:
        if all(abs(height.y - other.y) >= NEAR for other in kept):
            kept.append(height)
    return kept


def _peaks(steps: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    """Return at most ROWS times with the number inside, or the peak until the next time."""
    several = -(-len(steps) // ROWS) or 1
    parts = [steps[first : first + several] for first in range(0, len(steps), several)]
    return [(part[0][0], max(inside for _, inside in part)) for part in parts]


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
