"""The layouts as a form offers them: each drawn, with its name and how many pictures it has."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.template.loader import render_to_string

from rooms.display.layouts import WIDTH, Cell, cells, places
from rooms.models import Layout

# Between two pictures of a layout, in units of its frame.
GAP = 2


def pictures() -> list[dict[str, Any]]:
    """Return every layout, in the order of the form."""
    return [
        {
            "value": layout.value,
            "label": layout.label,
            "drawing": drawing(layout),
            "places": places(layout),
        }
        for layout in Layout
    ]


# Three hundred rectangles, which no language or person changes: drawn once, not for every page.
@cache
def drawing(layout: Layout) -> str:
    """Return a layout as SVG."""
    found = {"cells": list(_drawn(cells(layout)))}
    return render_to_string("rooms/room/_layout_drawing.html", found)


def _drawn(places_: Iterable[Cell]) -> Iterator[Cell]:
    for cell in places_:
        gap = min(GAP, cell.width / WIDTH * 20)
        yield Cell(
            round(cell.x + gap / 2, 2),
            round(cell.y + gap / 2, 2),
            round(cell.width - gap, 2),
            round(cell.height - gap, 2),
        )
