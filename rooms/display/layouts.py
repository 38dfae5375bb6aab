"""The 13 layouts and their geometry: the place of each picture in the frame. Pure.

The reference names the layouts and does not measure them. Decided: every picture is as wide as
the frame is (16:9), 5up is three above two, and what is left over stays empty at the edges.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from rooms.models import Layout

# The frame, in the units of every cell: 16:9.
WIDTH, HEIGHT = 160, 90
# The number of people in the picture of an adaptive layout.
SAMPLE = {Layout.GRID: 7, Layout.GRID_MOBILE: 6, Layout.HIGHLIGHT: 5}
# The width of the large picture as a share of the frame.
LARGE = 0.75


@dataclass(frozen=True)
class Cell:
    """One picture: its upper left corner and its size, in units of the frame."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Cell") -> bool:
        """Return whether the two share more than an edge."""
        beside = self.right <= other.x or other.right <= self.x
        apart = self.bottom <= other.y or other.bottom <= self.y
        return not (beside or apart)


def picture_count(layout: str) -> int | None:
    """Return the number of pictures; None for a layout that adapts to the people."""
    known = Layout(layout)
    return None if known in SAMPLE else sum(ROWS[known])


def cells(layout: str, people: int | None = None) -> tuple[Cell, ...]:
    """Return the places of a layout, the first place first.

    Only an adaptive layout depends on `people`. Raises ValueError for an unknown layout and
    for no people.
    """
    known = Layout(layout)
    if known not in SAMPLE:
        return _rows(ROWS[known])
    count = SAMPLE[known] if people is None else people
    if count < 1:
        raise ValueError(f"{count} people have no pictures.")
    return ADAPTING[known](count)


def _rows(rows: tuple[int, ...]) -> tuple[Cell, ...]:
    """Return rows of equal pictures, centered in the frame; `rows` has the number in each."""
    across = max(rows)
    width, height = WIDTH / across, min(HEIGHT / across, HEIGHT / len(rows))
    top = (HEIGHT - height * len(rows)) / 2
    return tuple(
        Cell((WIDTH - width * in_row) / 2 + width * column, top + height * row, width, height)
        for row, in_row in enumerate(rows)
        for column in range(in_row)
    )


def _filled(people: int, columns: int) -> tuple[int, ...]:
    full, rest = divmod(people, columns)
    return (columns,) * full + ((rest,) if rest else ())


def _grid(people: int) -> tuple[Cell, ...]:
    return _rows(_filled(people, math.ceil(math.sqrt(people))))


def _phone(people: int) -> tuple[Cell, ...]:
    """Return one or two columns of an upright frame, centered in the frame."""
    rows = _filled(people, 1 if people <= 2 else 2)
    frame = HEIGHT * HEIGHT / WIDTH
    width, height = frame / max(rows), HEIGHT / len(rows)
    return tuple(
        Cell((WIDTH - width * in_row) / 2 + width * column, height * row, width, height)
        for row, in_row in enumerate(rows)
        for column in range(in_row)
    )


def _highlight(people: int) -> tuple[Cell, ...]:
    if people == 1:
        return _rows((1,))
    others = people - 1
    height = HEIGHT / max(math.ceil(1 / (1 - LARGE)), others)
    first = Cell(0, HEIGHT * (1 - LARGE) / 2, WIDTH * LARGE, HEIGHT * LARGE)
    top = (HEIGHT - height * others) / 2
    beside = (
        Cell(first.right, top + height * row, WIDTH - first.right, height) for row in range(others)
    )
    return (first, *beside)


ADAPTING: dict[Layout, Callable[[int], tuple[Cell, ...]]] = {
    Layout.GRID: _grid,
    Layout.GRID_MOBILE: _phone,
    Layout.HIGHLIGHT: _highlight,
}
ROWS: dict[Layout, tuple[int, ...]] = {
    Layout.ONE: (1,),
    Layout.TWO_BESIDE: (2,),
    Layout.TWO_BY_TWO: (2,) * 2,
    Layout.FIVE_UP: (3, 2),
    Layout.THREE_BY_THREE: (3,) * 3,
    Layout.FOUR_BY_FOUR: (4,) * 4,
    Layout.FIVE_BY_FIVE: (5,) * 5,
    Layout.SIX_BY_SIX: (6,) * 6,
    Layout.EIGHT_BY_EIGHT: (8,) * 8,
    Layout.TEN_BY_TEN: (10,) * 10,
}
