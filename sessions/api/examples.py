"""Examples and parameters of sessions in the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from access.api.examples import BY_ID, path_parameter, query_parameter, response_example
from access.api.serializers import TimestampSchema
from rooms.api.examples import SESSION_BODY, SESSION_ID_SHOWN

RECORDING = response_example(
    "A finished recording",
    {
        "id": "7265636f-7264-8000-8000-000000000200",
        "room_session_id": SESSION_ID_SHOWN,
        "status": "completed",
        "started_at": "2025-06-13T20:01:12Z",
        "finished_at": "2025-06-13T21:00:00Z",
        "duration": 3528,
        "size_in_bytes": 612_305_911,
        "format": "mp4",
        "uri": "https://greenroom.example/recordings/WyIwMTk3Njl:1wAbCd:k3y",
        "cost_in_dollars": 0.0,
        "created_at": "2025-06-13T20:01:12Z",
        "updated_at": "2025-06-13T21:00:00Z",
        "state": "ready",
        "deleted_at": None,
        "expires_at": "2025-07-13T21:00:00Z",
        "people": [
            {
                "member_id": "0198f3b2-44c1-7f6e-8a1d-70c3e5a9b846",
                "name": "Ada Lovelace",
                "joined_at": "2025-06-13T20:01:12Z",
                "left_at": "2025-06-13T20:58:40Z",
            }
        ],
    },
)


_FILM = {
    "id": "0198f3c1-02aa-7d10-b0c4-9d1f8a77e6d2",
    "state": "queued",
    "layout": "highlight-1-responsive",
    "quality": "720p",
    "fps": 20,
    "without": ["0198f3b2-44c1-7f6e-8a1d-70c3e5a9b846"],
    "done": 0.0,
    "size_in_bytes": None,
    "duration": None,
    "fault": None,
    "uri": None,
    "created_at": "2025-06-14T08:12:00Z",
    "finished_at": None,
}


COMPOSITION = response_example("A film that waits for a mixer", _FILM)


COMPOSITION_DRY_RUN = response_example(
    "A dry run with its estimate",
    {
        **_FILM,
        "dry_run": {"duration": 3528, "size_in_bytes": 612_000_000, "cpu_seconds": 1100},
    },
)


NEW_COMPOSITION = OpenApiExample(
    "Another layout, without a member who did not consent",
    value={
        "layout": "highlight-1-responsive",
        "without": ["0198f3b2-44c1-7f6e-8a1d-70c3e5a9b846"],
    },
    request_only=True,
    media_type="application/json",
)


_MEMBER = {"id": "0198f3b2-44c1-7f6e-8a1d-70c3e5a9b846", "name": "Ada"}


SESSION_DRY_RUN = response_example(
    "A dry run that changes when members have to leave",
    {
        **SESSION_BODY,
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


LOG = response_example(
    "A session as a log entry",
    {
        "id": SESSION_ID_SHOWN,
        "source": "realtime_api",
        "type": "video_room_session",
        "url": f"https://rooms.example.org/api/video/room_sessions/{SESSION_ID_SHOWN}",
        "room_name": "standup",
        "status": "completed",
        "locked": False,
        "started_at": "2025-06-13T20:01:12Z",
        "ended_at": "2025-06-13T21:00:00Z",
        "charge": 0.0,
        "created_at": "2025-06-13T20:01:12Z",
        "charge_details": [],
    },
)


SESSION = response_example("A session in progress", SESSION_BODY)


NEW_ROOM_TOKEN = OpenApiExample(
    "A user who may mute and unmute themselves",
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
    "A user with a room token",
    value={"token": "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9.eyJ1IjoiQWRhIn0.c2ln"},
    request_only=True,
    media_type="application/json",
)


SESSION_CHANGE = OpenApiExample(
    "Half an hour for each member",
    value={"remove_after_seconds_elapsed": 1800},
    request_only=True,
    media_type="application/json",
)


ROOM_TOKEN = response_example(
    "A token", {"token": "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9.eyJ1IjoiQWRhIn0.c2ln"}
)


RECORDING_ID = path_parameter("recording", "The recording's id.", BY_ID)


COMPOSITION_ID = path_parameter("composition", "The film's id.", BY_ID)


MEDIA_TTL = query_parameter(
    "media_ttl",
    "The seconds for which the link to a film is valid.",
    {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "default": 900},
)


MEMBER_ID = path_parameter("member", "The member's id.", BY_ID)


LOG_ID = path_parameter("log", "The log entry's id, which is its session's.", BY_ID)


SESSION_ID = path_parameter("session", "The session's id.", BY_ID)


AT = OpenApiParameter(
    "at",
    type={**TimestampSchema.request},
    location="query",
    description="The time of the decision, now by default.",
)


BLOCK = query_parameter(
    "block",
    "Block the member's room token: it admits no one until unblock is called. The reason is then "
    "removed by default.",
    {"type": "boolean", "default": False},
)


LEAVE_REASON = query_parameter(
    "reason",
    "left: the member left. removed: the member was removed.",
    {"type": "string", "enum": ["left", "removed"], "default": "left"},
)
