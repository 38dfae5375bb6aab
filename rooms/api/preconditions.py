"""If-Match and its kin (RFC 9110, section 13) against the version of a room."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

from rooms.models import Room

# Between two of our servers, at most.
CLOCKS_DIFFER = timedelta(minutes=5)
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\uffff]*)"\s*(?:,|\Z)')
_VERSION = re.compile(r"[1-9][0-9]{0,9}\Z")


def etag(room: Room) -> str:
    return f'"{room.version}"'


@dataclass(frozen=True)
class Precondition:
    """What the room must be like for the caller to change it; called with the room, says if so."""

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
        """The version that the caller saw, where it named exactly one."""
        tags = _tags(self.match or "", weak=False)
        tag = tags.pop() if len(tags) == 1 else ""
        return int(tag) if _VERSION.match(tag) else None


def is_as_known(room: Room, request: HttpRequest) -> bool:
    """Say whether a GET of `room`, read with_last_end, would say what the caller has already.

    The version does not move when people come and go, but the answer does: who may have seen
    the room live at this version is answered in full, until it is changed again.
    """
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known is None or room.active_session or not _names(room, known, weak=True):
        return False
    return room.last_end is None or room.last_end < room.updated_at - CLOCKS_DIFFER


def asks_if_known(request: HttpRequest) -> bool:
    """Say whether the caller wants to be told only what it does not know."""
    return "HTTP_IF_NONE_MATCH" in request.META


def precondition(request: HttpRequest) -> Precondition | None:
    """Return the test that a room must pass before it is changed, or None where none was sent."""
    match = request.META.get("HTTP_IF_MATCH")
    none_match = request.META.get("HTTP_IF_NONE_MATCH")
    since = parse_http_date_safe(request.META.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    if match is None and none_match is None and since is None:
        return None
    return Precondition(match, none_match, since)


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
