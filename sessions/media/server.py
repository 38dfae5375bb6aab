"""The media server behind the rooms: who sends sound and pictures around, told by us who may.

The database decides admission (sessions/lifecycle/admission.py) before the media server is
called. Every call is idempotent. No call may run inside a database transaction, because a media
server that hangs would hold the locks.
"""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from sessions.models import Member, RoomSession

# What a client needs to take the place it was given, by name, ready for JSON.
Place = dict[str, str]

IMPLEMENTATIONS = {
    "none": "sessions.media.server.NoMediaServer",
    "janus": "sessions.media.janus.Janus",
}


class MediaServerError(Exception):
    """The media server refused; what it said is for the operator, not for callers."""


class MediaServerAway(MediaServerError):
    """The media server did not answer; the same call may succeed later."""


class MediaServer(Protocol):
    """What Greenroom asks of a media server."""

    # The settings of a room that it has no counterpart for, by field name.
    unsupported: frozenset[str]

    def create(self, session: RoomSession) -> None:
        """Make the room of `session`, recording if the session does; or leave it as it is."""

    def update(self, session: RoomSession) -> None:
        """Take over what `session` says now, recording included."""

    def destroy(self, session: RoomSession) -> None:
        """Remove the room, and everybody in it."""

    def allow(self, session: RoomSession, member: Member) -> Place | None:
        """Let `member` in, and return how they get there; makes the room when there is none."""

    def remove(self, session: RoomSession, member_id: str) -> None:
        """Put whoever calls themselves `member_id` out, for good."""

    def start_recording(self, session: RoomSession) -> None:
        """Record everybody who is inside or comes in."""

    def stop_recording(self, session: RoomSession) -> None:
        """Record nobody any more."""

    def inside(self, session: RoomSession) -> dict[str, bool] | None:
        """Return which ids are in the room, ours or not, and whether each sends; None: no room."""


class NoMediaServer:
    """Nobody to tell: a gateway asks us who may enter, and looks after the media itself."""

    unsupported: frozenset[str] = frozenset()

    def create(self, session: RoomSession) -> None:
        pass

    def update(self, session: RoomSession) -> None:
        pass

    def destroy(self, session: RoomSession) -> None:
        pass

    def allow(self, session: RoomSession, member: Member) -> Place | None:
        return None

    def remove(self, session: RoomSession, member_id: str) -> None:
        pass

    def start_recording(self, session: RoomSession) -> None:
        pass

    def stop_recording(self, session: RoomSession) -> None:
        pass

    def inside(self, session: RoomSession) -> dict[str, bool] | None:
        return None


def media_server() -> MediaServer:
    """Return the one that MEDIA_SERVER names."""
    return _implementation(settings.MEDIA_SERVER)


@cache
def _implementation(name: str) -> MediaServer:
    implementation: type[MediaServer] = import_string(IMPLEMENTATIONS[name])
    return implementation()


def is_managed() -> bool:
    """Return whether there is a media server that has to be told things."""
    return settings.MEDIA_SERVER != "none"
