"""Rooms and sessions as the API's description shows them, and what names one in an address."""

from django.db.models import BigIntegerField
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from access.api.serializers import TimestampSchema
from access.values.identifiers import UUID_PATTERN
from rooms.api.schema import MODE
from rooms.models import Room
from rooms.rules.constraints import rule_of

_ROOM_ID = "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70"
_BULK_ID = "0198f3c4-5d11-7e4f-a0b2-93d1c7f8e602"
_SESSION_ID = "0198f3b2-10aa-7d3c-8e21-64c0f7a9d215"
_SETTINGS = {
    "display_name": "Weekly stand-up",
    "join_from": "2025-06-13T20:00:00Z",
    "join_until": "2025-06-13T21:00:00Z",
    "remove_at": None,
    "remove_after_seconds_elapsed": 3600,
    "layout": "grid-responsive",
    "max_members": 30,
    "fps": 20,
    "quality": "1080p",
    "record_on_start": True,
    "enable_room_previews": False,
    "audio_video_sync": False,
}
_SESSION = {
    "id": _SESSION_ID,
    "room_id": _ROOM_ID,
    "name": "standup",
    **_SETTINGS,
    "start_time": "2025-06-13T20:01:12Z",
    "end_time": None,
    "duration": None,
    "status": "in-progress",
    "preview_url": None,
}
_ROOM = {
    "id": _ROOM_ID,
    "name": "standup",
    **_SETTINGS,
    "description": "Mondays.\nBring coffee.",
    "sync_audio_video": False,
    "meta": {"team": "platform"},
    "active_session": _SESSION,
    "created_at": "2025-06-01T08:00:00Z",
    "updated_at": "2025-06-12T15:30:41Z",
}


def _answer(name: str, value: dict) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


ROOM = _answer("A room in use", _ROOM)
WEBHOOK = _answer(
    "A new webhook",
    {
        "id": "0198f3d9-2b64-7a51-b1f7-08e2d4c6a913",
        "url": "https://example.org/greenroom",
        "description": "Billing",
        "event_types": ["room.ended", "member.left"],
        "enabled": True,
        "disabled_at": None,
        "disabled_reason": "",
        "failing_since": None,
        "former_secret_until": None,
        "created_at": "2025-06-13T20:34:03Z",
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3mFgM1lX0Ys=",
    },
)
RECORDING = _answer(
    "A finished recording",
    {
        "id": "512",
        "room_session_id": _SESSION_ID,
        "status": "completed",
        "started_at": "2025-06-13T20:01:12Z",
        "finished_at": "2025-06-13T21:00:00Z",
        "duration": 3528,
    },
)
_MEMBER = {"id": "0198f3b2-44c1-7f6e-8a1d-70c3e5a9b846", "name": "Ada"}
SESSION_DRY_RUN = _answer(
    "A dry run that moves when somebody has to leave",
    {
        **_SESSION,
        "remove_after_seconds_elapsed": 1800,
        "dry_run": {
            "changes": {"remove_after_seconds_elapsed": [3600, 1800]},
            "removals": [
                {
                    "member": _MEMBER,
                    "leave_by": ["2025-06-13T21:02:00Z", "2025-06-13T20:32:00Z"],
                    "at_once": False,
                }
            ],
        },
    },
)
SESSION = _answer("A session in progress", _SESSION)

DRY_RUN = _answer(
    "A dry run",
    {
        **_ROOM,
        "dry_run": {
            "changes": {"max_members": [20, 30], "quality": ["720p", "1080p"]},
            "live": {
                "room_session_id": _SESSION_ID,
                "takes_effect": "next_session",
                "applied_now": {"changes": {"max_members": [20, 30]}, "removals": []},
            },
        },
    },
)
MANY_CHANGED = _answer(
    "One room changed",
    {
        "bulk_id": _BULK_ID,
        "mode": "all",
        "dry_run": False,
        "applied": True,
        "counts": {"created": 0, "changed": 1, "unchanged": 0, "refused": 0},
        "results": [
            {
                "id": _ROOM_ID,
                "name": "standup",
                "outcome": "changed",
                "version": 4,
                "changes": {"join_from": ["2025-06-13T20:00:00Z", "2025-06-13T19:00:00Z"]},
            }
        ],
    },
)
NEW_ROOM = OpenApiExample(
    "A room for one meeting",
    value={"name": "standup", "join_from": "2025-06-13T20:00:00Z", "meta": {"team": "platform"}},
    request_only=True,
    media_type="application/json",
)
ROOM_CHANGE = OpenApiExample(
    "Some settings",
    value={"max_members": 30, "quality": "1080p", "join_until": None},
    request_only=True,
    media_type="application/json",
)

SHIFT = OpenApiExample(
    "An hour earlier",
    value={
        "select": {"filter": {"quality": "1080p"}},
        "change": {"shift": {"join_from": -3600, "join_until": -3600}},
        "mode": "valid",
    },
    request_only=True,
    media_type="application/json",
)
ROWS = OpenApiExample(
    "Two rooms",
    value="name,max_members\r\nstandup,30\r\nretro,12\r\n",
    request_only=True,
    media_type="text/csv",
)
NEW_ROOM_TOKEN = OpenApiExample(
    "Somebody who may mute themselves",
    value={
        "room_name": "standup",
        "user_name": "Ada",
        "permissions": ["room.self.audio_mute", "room.self.audio_unmute"],
        "join_until": "2025-06-13T21:00:00Z",
    },
    request_only=True,
    media_type="application/json",
)
NEW_ADMISSION = OpenApiExample(
    "Somebody with a room token",
    value={"token": "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9.eyJ1IjoiQWRhIn0.c2ln"},
    request_only=True,
    media_type="application/json",
)
SESSION_CHANGE = OpenApiExample(
    "Half an hour each",
    value={"remove_after_seconds_elapsed": 1800},
    request_only=True,
    media_type="application/json",
)
ROOM_TOKEN = _answer(
    "A token", {"token": "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9.eyJ1IjoiQWRhIn0.c2ln"}
)


def _in_path(name: str, description: str, schema: dict) -> OpenApiParameter:
    return OpenApiParameter(
        name, type={"type": "string", **schema}, location="path", description=description
    )


_BY_ID = {"format": "uuid", "pattern": f"^{UUID_PATTERN}$"}
ROOM_ID = _in_path("room", "The room's id.", _BY_ID)
ROOM_ID_OR_NAME = _in_path(
    "room", "The room's id or its name.", {"pattern": rule_of(Room, "name").pattern + "$"}
)
RECORDING_ID = _in_path("recording", "The recording's id.", {"pattern": "^[1-9][0-9]{0,17}$"})
MEMBER_ID = _in_path("member", "The member's id.", _BY_ID)
WEBHOOK_ID = _in_path("webhook", "The webhook's id.", _BY_ID)
DELIVERY_ID = _in_path("delivery", "The delivery's id.", {"pattern": "^[1-9][0-9]{0,17}$"})
SESSION_ID = _in_path("session", "The session's id.", _BY_ID)
ROOM_ID_EVER = _in_path("room", "The room's id, also when it is deleted.", _BY_ID)
BULK_ID = _in_path("bulk", "The bulk_id of its answer.", _BY_ID)
CHANGE_ID = OpenApiParameter(
    "change",
    type={"type": "integer", "minimum": 1, "maximum": BigIntegerField.MAX_BIGINT},
    location="path",
    description="The change's id in the history.",
)


def _in_query(name: str, description: str, schema: dict) -> OpenApiParameter:
    return OpenApiParameter(name, type=schema, location="query", description=description)


_FLAG = {"type": "boolean", "default": False}
BOM = _in_query("bom", "As CSV: begin with a byte order mark, as spreadsheets like it.", _FLAG)
FILE_OPTIONS = [
    _in_query("mode", "Of a CSV file; JSON has it in the body.", MODE),
    _in_query("create", "Of a CSV file: make rooms of names that no room has.", _FLAG),
]
AT = OpenApiParameter(
    "at",
    type={**TimestampSchema.sent},
    location="query",
    description="The moment to ask about; without it, now.",
)
LEAVE_REASON = _in_query(
    "reason",
    "Why: they left, or somebody removed them.",
    {"type": "string", "enum": ["left", "removed"], "default": "left"},
)
