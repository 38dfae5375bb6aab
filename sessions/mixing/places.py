"""The places of people in the pixels of a picture."""

from rooms.display.layouts import HEIGHT, WIDTH, cells, picture_count
from sessions.mixing.canvas import Box, even


def boxes(layout: str, people: int, size: tuple[int, int]) -> list[Box]:
    """Return the places of as many people as the layout shows, the first person's first."""
    if not people:
        return []
    shown = people if picture_count(layout) is None else None
    scale_x, scale_y = size[0] / WIDTH, size[1] / HEIGHT
    return [
        Box(
            even(cell.x * scale_x),
            even(cell.y * scale_y),
            even(cell.right * scale_x) - even(cell.x * scale_x),
            even(cell.bottom * scale_y) - even(cell.y * scale_y),
        )
        for cell in cells(layout, shown)
    ][:people]
