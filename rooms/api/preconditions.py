"""Conditional requests about a room: its 304 and its 412."""

from datetime import timedelta

from django.http import HttpRequest

from access.http.errors import ApiError
from access.http.preconditions import Precondition, etag, is_known
from rooms.changes.conflicts import differences
from rooms.changes.validation import Edit
from rooms.models import Room

# The clocks of two servers differ by at most this.
CLOCKS_DIFFER = timedelta(minutes=5)


def is_as_known(room: Room, request: HttpRequest) -> bool:
    """Return whether the client has the response for `room` already; read it with_last_end.

    A session that starts or ends changes the response and not the version. A client that may
    have read the room live at this version gets it in full until the room changes again.
    """
    if room.active_session or not is_known(room, request):
        return False
    return room.last_end is None or room.last_end < room.updated_at - CLOCKS_DIFFER


def base_of_merge(condition: Precondition | None) -> int | None:
    """Return the version that a merge starts from, if only If-Match can be what is not met."""
    return condition.base_version if condition and condition.none_match is None else None


def stale_error(room: Room, condition: Precondition | None, edit: Edit | None) -> ApiError:
    """Return the 412; with an edit, it reports what has changed since the client read the room."""
    base = condition and condition.base_version
    found = differences(room, base, edit) if base and edit is not None else None
    more = {"conflict": {name: one.as_json() for name, one in found.items()}} if found else {}
    detail = condition.fault(room, "room") if condition else ""
    if found and base_of_merge(condition) and not any(one.overlaps for one in found.values()):
        detail = "The room has changed, but the edits do not overlap: send Prefer: merge."
    return ApiError(412, detail, {"ETag": etag(room)}, **more)
