"""A value for every setting of a room."""

from datetime import UTC, datetime

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
EVERYTHING = {
    "display_name": "The big room",
    "description": "Two lines:\nthis is the second.",
    "max_members": 150,
    "quality": "1080p",
    "join_from": "2030-01-01T12:00:00Z",
    "join_until": "2030-01-01T13:00:00Z",
    "remove_at": "2030-01-01T14:00:00Z",
    "remove_after_seconds_elapsed": 3600,
    "layout": "highlight-1-responsive",
    "record_on_start": True,
    "enable_room_previews": True,
    "audio_video_sync": True,
    "meta": {"b": [1, 2.5, None], "a": {"é": True}},
}
