"""Sessions, their members and events, and what the media server and the workers report."""

from sessions.models.media import MediaRoom, MediaSeat
from sessions.models.session import (
    BY_THE_CLOCK,
    EventType,
    JoinAs,
    LeaveReason,
    MediaAllowed,
    Member,
    RoomSession,
    SessionEvent,
    SessionStatus,
)
from sessions.models.worker_process import WorkerProcess

__all__ = [
    "BY_THE_CLOCK",
    "EventType",
    "JoinAs",
    "LeaveReason",
    "MediaAllowed",
    "MediaRoom",
    "MediaSeat",
    "Member",
    "RoomSession",
    "SessionEvent",
    "SessionStatus",
    "WorkerProcess",
]
