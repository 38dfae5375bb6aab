"""Which rooms an address of the staff's list asks for; bulk edit and export read it alike."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from access.staff.limits import visible_to
from rooms.filters import PageFilter
from rooms.models import Room, RoomQuerySet

# What an address may say, in the order in which it is said again; the rest is ignored.
SELECTING = (
    *("search", "status", "live", "project", "quality", "layout", "record_on_start"),
    *("enable_room_previews", "name", "display_name", "starts_after", "ends_before"),
)
STATE = (*SELECTING, "ordering")
NEWEST_FIRST = "-created_at"


def rooms_asked_for(user: Any, query: QueryDict) -> RoomQuerySet:
    """Return the rooms that `user` sees and `query` asks for; raises ValidationError.

    `query` is that of the list's address: filters and `ordering`, blank ones ignored.
    """
    return PageFilter(stated(query), Room.objects.filter(visible_to(user))).narrowed()


def stated(query: QueryDict) -> dict[str, str]:
    """Return what a query says about the rooms: the last word on each, without blanks."""
    said = {name: query.get(name, "").strip() for name in STATE}
    if said["ordering"] == NEWEST_FIRST:
        # What a list is in anyway: said once, one view has one address.
        del said["ordering"]
    return {name: value for name, value in said.items() if value}


def without_faults(said: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return what of `said` can be read, and a sentence on each that cannot."""
    if not said:
        return said, []
    try:
        PageFilter(said, Room.objects.none()).narrowed()
    except ValidationError as wrong:
        told = [message for _, words in wrong for message in words]
        return {name: said[name] for name in said if name not in wrong.error_dict}, told
    return said, []
