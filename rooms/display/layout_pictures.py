"""The choices of layouts in a form: each with a picture, a name and its number of pictures."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext

from rooms.display.layouts import WIDTH, Cell, cells, picture_count
from rooms.models import Layout

# Between two pictures of a layout, in units of its frame.
GAP = 2


def pictures() -> list[dict[str, Any]]:
    """Return every layout, in the order of the form."""
    return [
        {
            "value": layout.value,
            "label": layout.label,
            "drawing": layout_svg(layout),
            "places_text": _places_text(picture_count(layout)),
        }
        for layout in Layout
    ]


def _places_text(count: int | None) -> str:
    if count is None:
        return gettext("adapts")
    return ngettext("%(places)s picture", "%(places)s pictures", count) % {"places": count}


# Three hundred rectangles, the same for every user: rendered once.
@cache
def layout_svg(layout: Layout) -> str:
    """Return a layout as SVG."""
    found = {"cells": list(_with_gaps(cells(layout)))}
    return render_to_string("rooms/room/_layout_drawing.html", found)


def _with_gaps(found: Iterable[Cell]) -> Iterator[Cell]:
    for cell in found:
        gap = min(GAP, cell.width / WIDTH * 20)
        yield Cell(
            round(cell.x + gap / 2, 2),
            round(cell.y + gap / 2, 2),
            round(cell.width - gap, 2),
            round(cell.height - gap, 2),
        )
