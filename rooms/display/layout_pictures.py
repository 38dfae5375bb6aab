"""The choices of layouts in a form: each with a picture, a name and its number of pictures."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from rooms.display.layouts import WIDTH, Cell, cells, picture_count
from rooms.models import Layout

# Between two pictures of a layout, in units of its frame.
GAP = 2


def layout_choices(chosen: Any, blank: str = "") -> SafeString:
    """Render the choice of a layout; `blank` is the label of a choice without a layout."""
    known = chosen if chosen in Layout.values else None
    return _layout_choices(known, not chosen, blank, get_language())


# Three hundred rectangles, the same for every user: rendered once.
@lru_cache(maxsize=128)
def _layout_choices(
    chosen: str | None, is_blank: bool, blank: str, _language: str | None
) -> SafeString:
    found = {"layouts": _pictures(), "chosen": chosen, "is_blank": is_blank, "blank": blank}
    return render_to_string("rooms/room/_layout_choices.html", found)


def _pictures() -> list[dict[str, Any]]:
    """Return every layout, in the order of the form."""
    return [
        {
            "value": layout.value,
            "label": layout.label,
            "drawing": _layout_svg(layout),
            "places_text": _places_text(picture_count(layout)),
        }
        for layout in Layout
    ]


def _places_text(count: int | None) -> str:
    if count is None:
        return gettext("adapts")
    return ngettext("%(places)s picture", "%(places)s pictures", count) % {"places": count}


def _layout_svg(layout: Layout) -> str:
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
