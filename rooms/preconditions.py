"""If-Match and its kin (RFC 9110, section 13) against the version of a room."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

from rooms.models import Room

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\uffff]*)"\s*(?:,|\Z)')


def etag(room: Room) -> str:
    return f'"{room.version}"'


def precondition(request: HttpRequest) -> Callable[[Room], bool] | None:
    """Return a test that the room must pass before it is changed, or None where none was sent."""
    match = request.META.get("HTTP_IF_MATCH")
    none_match = request.META.get("HTTP_IF_NONE_MATCH")
    since = parse_http_date_safe(request.META.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    if match is None and none_match is None and since is None:
        return None

    def holds(room: Room) -> bool:
        if none_match is not None and _names(room, none_match, weak=True):
            return False
        if match is not None:
            return _names(room, match, weak=False)
        return since is None or int(room.updated_at.timestamp()) <= since

    return holds


def _names(room: Room, header: str, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    return str(room.version) in _tags(header, weak=weak)


def _tags(header: str, *, weak: bool) -> set[str]:
    """Return the tags of a list; one that is malformed names nothing, so nothing is changed."""
    tags, position = set(), 0
    while position < len(header):
        found = _TAG.match(header, position)
        if not found:
            return set()
        if weak or not found[1]:
            tags.add(found[2])
        position = found.end()
    return tags
