"""The interface to the media server, which transmits audio and video.

The database decides admission (sessions/lifecycle/admission.py) before the media server is
called. Every call is idempotent. No call may run inside a database transaction, because a media
server that hangs would hold the locks.
"""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from sessions.models import Member, RoomSession

# The data with which a browser takes its place, as JSON values.
Place = dict[str, str]

IMPLEMENTATIONS = {
    "none": "sessions.media.server.NoMediaServer",
    "janus": "sessions.media.janus.Janus",
}


class MediaServerError(Exception):
    """The media server rejected a call; its message is for the operator only."""


class MediaServerUnavailable(MediaServerError):
    """The media server did not answer; the same call may succeed later."""


class MediaServer(Protocol):
    """The calls that Greenroom makes to a media server."""

    @property
    def unsupported(self) -> frozenset[str]:
        """The room settings that this media server ignores."""

    def create(self, session: RoomSession) -> None:
        """Create the room of `session`, with recording if it is set; keep an existing room."""

    def update(self, session: RoomSession) -> None:
        """Apply the current settings of `session`, including recording."""

    def destroy(self, session: RoomSession) -> None:
        """Delete the room and remove its participants."""

    def allow(self, session: RoomSession, member: Member) -> Place | None:
        """Give `member` a place and return its data; create a missing room."""

    def remove(self, session: RoomSession, member_id: str) -> None:
        """Remove the participant `member_id` and prevent them from joining again."""

    def start_recording(self, session: RoomSession) -> None:
        """Record all current and future participants."""

    def stop_recording(self, session: RoomSession) -> None:
        """Stop recording."""

    def inside(self, session: RoomSession) -> dict[str, bool] | None:
        """Return all participants by id, and whether they publish; None for a missing room."""


class NoMediaServer:
    """No media server: a gateway asks for admissions and manages the media itself."""

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
    """Return the media server that MEDIA_SERVER names."""
    return _implementation(settings.MEDIA_SERVER)


@cache
def _implementation(name: str) -> MediaServer:
    implementation: type[MediaServer] = import_string(IMPLEMENTATIONS[name])
    return implementation()


def is_managed() -> bool:
    """Return whether Greenroom manages a media server."""
    return settings.MEDIA_SERVER != "none"
