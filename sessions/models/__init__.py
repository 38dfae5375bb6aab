"""Sessions with their members and events, refused attempts, media rooms, and workers."""

from sessions.models.event import EVENT_IDS, RECORDING_IDS, SessionEvent, SessionEventType
from sessions.models.media import MediaRoom, MediaSeat
from sessions.models.member import BY_THE_CLOCK, JoinAs, LeaveReason, MediaAllowed, Member
from sessions.models.preview import Preview
from sessions.models.preview_links import FRESH, PREVIEW, preview_key
from sessions.models.recording import (
    RESTORABLE_FOR,
    UNFINISHED,
    Composition,
    CompositionState,
    Recording,
    RecordingQuerySet,
    RecordingState,
)
from sessions.models.refusal import KEPT_FOR, KEPT_IN_FULL, Refusal, RefusalCount
from sessions.models.session import RoomSession, SessionStatus
from sessions.models.worker_process import WorkerProcess

__all__ = [
    "BY_THE_CLOCK",
    "EVENT_IDS",
    "FRESH",
    "KEPT_FOR",
    "KEPT_IN_FULL",
    "PREVIEW",
    "RECORDING_IDS",
    "RESTORABLE_FOR",
    "UNFINISHED",
    "Composition",
    "CompositionState",
    "JoinAs",
    "LeaveReason",
    "MediaAllowed",
    "MediaRoom",
    "MediaSeat",
    "Member",
    "Preview",
    "Recording",
    "RecordingQuerySet",
    "RecordingState",
    "Refusal",
    "RefusalCount",
    "RoomSession",
    "SessionEvent",
    "SessionEventType",
    "SessionStatus",
    "WorkerProcess",
    "preview_key",
]
