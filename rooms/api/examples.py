"""Examples and path parameters of rooms in the OpenAPI document."""

from django.db.models import BigIntegerField
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from access.api.examples import BY_ID, FLAG, path_parameter, query_parameter, response_example
from rooms.api.schema import MODE
from rooms.models import Room
from rooms.rules.constraints import rule_of

_ROOM_ID = "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70"
_BULK_ID = "0198f3c4-5d11-7e4f-a0b2-93d1c7f8e602"
SESSION_ID_SHOWN = "0198f3b2-10aa-7d3c-8e21-64c0f7a9d215"
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
_CONSTANTS = {
    "tone_on_entry_and_exit": False,
    "room_join_video_off": False,
    "user_join_video_off": False,
    "prioritize_handraise": False,
}
SESSION_BODY = {
    "id": SESSION_ID_SHOWN,
    "room_id": _ROOM_ID,
    "name": "standup",
    **_SETTINGS,
    "start_time": "2025-06-13T20:01:12Z",
    "end_time": None,
    "duration": None,
    "status": "in-progress",
    "preview_url": None,
    **_CONSTANTS,
    "locked": False,
    "created_at": "2025-06-13T20:01:12Z",
    "updated_at": "2025-06-13T20:02:00Z",
    "sync_audio_video": False,
    "cost_in_dollars": 0.0,
}
_ROOM = {
    "id": _ROOM_ID,
    "name": "standup",
    **_SETTINGS,
    "description": "Mondays.\nBring coffee.",
    "sync_audio_video": False,
    "meta": {"team": "platform"},
    "active_session": SESSION_BODY,
    "created_at": "2025-06-01T08:00:00Z",
    "updated_at": "2025-06-12T15:30:41Z",
    **_CONSTANTS,
}


ROOM = response_example("A room in use", _ROOM)

DRY_RUN = response_example(
    "A dry run",
    {
        **_ROOM,
        "dry_run": {
            "changes": {"max_members": [20, 30], "quality": ["720p", "1080p"]},
            "live": {
                "room_session_id": SESSION_ID_SHOWN,
                "takes_effect": "next_session",
                "applied_now": {"changes": {"max_members": [20, 30]}, "removals": []},
            },
        },
    },
)
MANY_CHANGED = response_example(
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


ROOM_ID = path_parameter("room", "The room's id.", BY_ID)
ROOM_ID_OR_NAME = path_parameter(
    "room", "The room's id or its name.", {"pattern": rule_of(Room, "name").pattern + "$"}
)
ROOM_ID_EVER = path_parameter("room", "The room's id, also of a deleted room.", BY_ID)
BULK_ID = path_parameter("bulk", "The bulk_id in the response of the bulk change.", BY_ID)
CHANGE_ID = OpenApiParameter(
    "change",
    type={"type": "integer", "minimum": 1, "maximum": BigIntegerField.MAX_BIGINT},
    location="path",
    description="The id of the change in the history.",
)


BOM = query_parameter(
    "bom", "For CSV: begin with a byte order mark, which some spreadsheet programs need.", FLAG
)
FILE_OPTIONS = [
    query_parameter("mode", "For a CSV file. A JSON body has its own mode.", MODE),
    query_parameter("create", "For a CSV file: create the rooms whose names are unknown.", FLAG),
]
