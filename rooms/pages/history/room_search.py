"""Search changes by the names of their rooms: the current ones, and all earlier ones."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from access.staff.limits import visible_to
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.searchable import BOTH_NAMES, Matches, SearchedText

# Up to this number, ids of rooms are looked up first: then an index leads to their changes.
ROOMS_FIRST = 1000
FORMER_NAMES = SearchedText("former_names")


def changes_of_rooms(changes: QuerySet[RoomChange], text: str, user: Any) -> QuerySet[RoomChange]:
    """Return the changes of the rooms that `text` finds, as the search of the list finds rooms."""
    rooms = Room.objects.filter(visible_to(user), Matches(text, BOTH_NAMES))
    former = RoomChange.objects.filter(
        visible_to(user), Matches(text, FORMER_NAMES), former_names__isnull=False
    ).order_by()
    ids = _ids(rooms.order_by().values_list("pk", flat=True))
    ids |= _ids(former.values_list("room_id", flat=True))
    if len(ids) < ROOMS_FIRST:
        return changes.filter(room_id__in=ids)
    # A frequent name is found among the newest changes, so each change is asked.
    named = Exists(rooms.filter(pk=OuterRef("room_id")))
    return changes.filter(named | Exists(former.filter(room_id=OuterRef("room_id"))))


def _ids(rooms: Any) -> set[UUID]:
    return set(rooms[:ROOMS_FIRST])
