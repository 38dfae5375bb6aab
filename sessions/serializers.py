from typing import Any

from rest_framework import serializers

from rooms.api_fields import FromRules
from sessions.models import RoomSession


class RoomSessionSerializer(FromRules):
    """A session as the API draws it, by itself and as the active_session of a room."""

    # Text, as all ids are drawn: a client may send the room back and have it compared.
    room_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="Null once the room is deleted."
    )

    class Meta:
        model = RoomSession
        fields = (
            "id",
            "room_id",
            "name",
            "display_name",
            "join_from",
            "join_until",
            "remove_at",
            "remove_after_seconds_elapsed",
            "layout",
            "max_members",
            "fps",
            "quality",
            "start_time",
            "end_time",
            "duration",
            "status",
            "record_on_start",
            "enable_room_previews",
            "preview_url",
            "audio_video_sync",
        )
        read_only_fields = fields


# Built once, as in rooms/serializers.py.
_session = RoomSessionSerializer()


def draw(session: RoomSession) -> dict[str, Any]:
    """Return `session` as the API answers it."""
    return _session.to_representation(session)
