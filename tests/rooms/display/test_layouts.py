"""The geometry of the layouts: pictures are placed as in the room."""

from itertools import combinations

import pytest

from rooms.display.layouts import ADAPTING, HEIGHT, ROWS, SAMPLE, WIDTH, cells, picture_count
from rooms.models import Layout

# Tolerance for rounded thirds and sevenths of the frame.
NOTHING = 1e-9
PEOPLE = (1, 2, 3, 5, 7, 16, 50, 300)

every_drawing = pytest.mark.parametrize(
    ("layout", "people"),
    [*((layout, None) for layout in Layout), *((one, n) for one in ADAPTING for n in PEOPLE)],
)


def smaller(cell):
    return type(cell)(
        cell.x + NOTHING, cell.y + NOTHING, cell.width - 2 * NOTHING, cell.height - 2 * NOTHING
    )


def test_every_layout_has_a_geometry():
    assert {*ROWS, *SAMPLE} == {*Layout}
    assert ROWS.keys().isdisjoint(SAMPLE)


@every_drawing
def test_pictures_lie_within_the_frame(layout, people):
    for cell in cells(layout, people):
        assert cell.x >= -NOTHING
        assert cell.y >= -NOTHING
        assert cell.right <= WIDTH + NOTHING
        assert cell.bottom <= HEIGHT + NOTHING
        assert cell.width > 0
        assert cell.height > 0


@every_drawing
def test_pictures_do_not_overlap(layout, people):
    drawn = [smaller(cell) for cell in cells(layout, people)]

    assert not any(one.overlaps(other) for one, other in combinations(drawn, 2))


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        ("1x1", 1),
        ("2x1", 2),
        ("2x2", 4),
        ("5up", 5),
        ("3x3", 9),
        ("4x4", 16),
        ("5x5", 25),
        ("6x6", 36),
        ("8x8", 64),
        ("10x10", 100),
    ],
)
def test_fixed_layout_has_the_same_seats_for_any_number_of_people(layout, count):
    assert picture_count(layout) == count
    assert len(cells(layout)) == len(cells(layout, 3)) == count


@pytest.mark.parametrize("layout", ADAPTING)
@pytest.mark.parametrize("people", PEOPLE)
def test_adaptive_layout_has_a_seat_for_every_person(layout, people):
    assert picture_count(layout) is None
    assert len(cells(layout, people)) == people


def test_pictures_have_the_aspect_ratio_of_the_frame():
    for layout in ROWS:
        assert {round(cell.width / cell.height, 6) for cell in cells(layout)} == {
            round(WIDTH / HEIGHT, 6)
        }


def test_first_picture_of_a_highlight_layout_is_the_largest():
    first, *others = cells(Layout.HIGHLIGHT, 6)

    assert all(first.width * first.height > 4 * one.width * one.height for one in others)
    assert len({(one.width, one.height) for one in others}) == 1


def test_pictures_of_the_layout_2x1_are_side_by_side():
    left, right = cells("2x1")

    assert (left.right, left.y) == (right.x, right.y)


def test_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="7x7"):
        cells("7x7")
    with pytest.raises(ValueError, match="0 people"):
        cells(Layout.GRID, 0)
