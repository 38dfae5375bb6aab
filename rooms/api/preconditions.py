"""Conditional requests (RFC 9110, section 13): If-Match and others against a room's version."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

from access.http.errors import ApiError
from rooms.changes.conflicts import differences
from rooms.changes.validation import Edit
from rooms.models import Room

# The clocks of two servers differ by at most this.
CLOCKS_DIFFER = timedelta(minutes=5)
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\uffff]*)"\s*(?:,|\Z)')
_VERSION = re.compile(r"[1-9][0-9]{0,9}\Z")


def etag(room: Room) -> str:
    return f'"{room.version}"'


@dataclass(frozen=True)
class Precondition:
    """The condition of a change: called with the room, it returns whether the room meets it."""

    match: str | None
    none_match: str | None
    unmodified_since: int | None

    def __call__(self, room: Room) -> bool:
        if self.none_match is not None and _names(room, self.none_match, weak=True):
            return False
        if self.match is not None:
            return _names(room, self.match, weak=False)
        since = self.unmodified_since
        return since is None or int(room.updated_at.timestamp()) <= since

    @property
    def base_version(self) -> int | None:
        """The version that the client read, if If-Match names exactly one."""
        tags = _tags(self.match or "", weak=False)
        tag = tags.pop() if len(tags) == 1 else ""
        return int(tag) if _VERSION.match(tag) else None


def is_as_known(room: Room, request: HttpRequest) -> bool:
    """Return whether the client has the response for `room` already; read it with_last_end.

    A session that starts or ends changes the response and not the version. A client that may
    have read the room live at this version gets it in full until the room changes again.
    """
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known is None or room.active_session or not _names(room, known, weak=True):
        return False
    return room.last_end is None or room.last_end < room.updated_at - CLOCKS_DIFFER


def asks_if_known(request: HttpRequest) -> bool:
    """Return whether the client wants the room only if it has changed."""
    return "HTTP_IF_NONE_MATCH" in request.META


def precondition(request: HttpRequest) -> Precondition | None:
    """Return the condition that a room must meet to be changed, or None if none was sent."""
    match = request.META.get("HTTP_IF_MATCH")
    none_match = request.META.get("HTTP_IF_NONE_MATCH")
    since = parse_http_date_safe(request.META.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    if match is None and none_match is None and since is None:
        return None
    return Precondition(match, none_match, since)


def stale_error(room: Room, condition: Precondition | None, edit: Edit | None) -> ApiError:
    """Return the 412; with an edit, it reports what has changed since the client read the room."""
    base = condition and condition.base_version
    found = differences(room, base, edit) if base and edit is not None else None
    more = {"conflict": {name: one.as_json() for name, one in found.items()}} if found else {}
    if found and not any(one.overlaps for one in found.values()):
        detail = "The room has changed, but the edits do not overlap: send Prefer: merge."
    else:
        detail = "The room has changed since you read it. Read it again."
    return ApiError(412, detail, {"ETag": etag(room)}, **more)


def _names(room: Room, header: str, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    return str(room.version) in _tags(header, weak=weak)


def _tags(header: str, *, weak: bool) -> set[str]:
    """Return the tags of a list; a malformed list matches no room, so nothing is changed."""
    tags, position = set(), 0
    while position < len(header):
        found = _TAG.match(header, position)
        if not found:
            return set()
        if weak or not found[1]:
            tags.add(found[2])
        position = found.end()
    return tags
