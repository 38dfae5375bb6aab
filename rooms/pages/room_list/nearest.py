"""The rooms whose names are nearest to a search without a match.

Only a bounded number of names is read, so this costs the same with a million rooms: those of the
newest rooms, and the names that the order of the alphabet has beside the search.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.text import capfirst

from rooms.models import RoomQuerySet
from rooms.rules.nearest import nearest

SHOWN, NEWEST, BESIDE = 5, 500, 50


def nearest_rooms(rooms: RoomQuerySet, search: str) -> list[tuple[UUID, str]]:
    """Return id and display name of the rooms with the nearest names, the nearest first."""
    found = {pk: (shown, name) for pk, shown, name in _read(rooms.listed(), search)}
    names = ((pk, " ".join(both)) for pk, both in found.items())
    return [(pk, found[pk][0]) for pk in nearest(search, names, SHOWN)]


def _read(rooms: RoomQuerySet, search: str) -> Iterator[Any]:
    columns = rooms.values_list("pk", "display_name", "name")
    yield from columns.order_by("-pk")[:NEWEST]
    # Names begin with a capital letter more often than searches do.
    for text in {search, capfirst(search)}:
        after = columns.filter(display_name__gte=text).order_by("display_name", "pk")
        before = columns.filter(display_name__lt=text).order_by("-display_name", "-pk")
        yield from after[:BESIDE]
        yield from before[:BESIDE]
