"""A room as the API draws it, and a request's body as an edit of a room."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from rest_framework import serializers

from access.api.parsers import FormData
from access.api.serializers import RowSerializer, TableSerializer
from rooms.changes.validation import SETTINGS, WRITABLE
from rooms.models import Room
from rooms.rules.serializers import RuleSerializer

# One setting, two names: the newer reference calls it so.
OLD_NAME, NEW_NAME = "audio_video_sync", "sync_audio_video"


class RoomSessionSerializer(RuleSerializer):
    """A session as the API draws it, by itself and as the active_session of a room."""

    # Text, as all ids are drawn: a client may send the room back and have it compared.
    room_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="Null once the room is deleted."
    )

    class Meta:
        model = apps.get_model("room_sessions", "RoomSession")
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


class RoomSerializer(RuleSerializer):
    sync_audio_video = serializers.BooleanField(
        source=OLD_NAME, required=False, help_text="The newer name of audio_video_sync."
    )
    active_session = RoomSessionSerializer(
        read_only=True,
        allow_null=True,
        help_text="The session in progress; in a list only with include_active_session=true.",
    )

    class Meta:
        model = Room
        fields = (
            "id",
            "name",
            "display_name",
            "description",
            "max_members",
            "quality",
            "fps",
            "join_from",
            "join_until",
            "remove_at",
            "remove_after_seconds_elapsed",
            "layout",
            "record_on_start",
            "enable_room_previews",
            "audio_video_sync",
            "sync_audio_video",
            "meta",
            "active_session",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("id", "fps", "created_at", "updated_at")
        extra_kwargs = {
            "name": {"required": False},
            "display_name": {"required": False, "allow_null": True},
            "meta": {"allow_null": True},
        }


class NewRoomSerializer(RoomSerializer):
    """The body of POST /rooms."""

    class Meta(RoomSerializer.Meta):
        extra_kwargs = {**RoomSerializer.Meta.extra_kwargs, "name": {"required": True}}


class RoomChangeSerializer(RoomSerializer):
    """The body of PUT and PATCH /rooms/{id}: what is left out keeps its value."""

    class Meta(RoomSerializer.Meta):
        # The room's own name may be sent back; there is no other that could be sent.
        read_only_fields = ("name", *RoomSerializer.Meta.read_only_fields)


# Built once: building a serializer for each request takes as long as the database does.
_room = RowSerializer(RoomSerializer())
# Draws rows of its columns as `serialize_room` draws rooms that were read without their sessions.
table = TableSerializer(RoomSerializer())


def serialize_room(room: Room) -> dict[str, Any]:
    """Return `room`, read by with_active_session(), as the API answers it."""
    return _room(room)


def read_edit(data: dict[str, Any], *, strict: bool = False) -> Callable[[Room], dict[str, Any]]:
    """Return the edit that a body asks for, as change_room takes it: not yet validated.

    Keys that no room has are dropped; with `strict` they stay, to be refused, and so do
    the read-only ones unless they say what the room says already.
    """
    sent = as_sent(data)

    def edit(room: Room) -> dict[str, Any]:
        values = {name: sent[name] for name in WRITABLE if name in sent}
        # Clients send back what they got, with one of the two names changed: that one counts.
        stands = room.audio_video_sync
        if NEW_NAME in sent and values.get(OLD_NAME, stands) is stands:
            values[OLD_NAME] = sent[NEW_NAME]
        return {**values, **_unknown(sent, room)} if strict else values

    return edit


def _unknown(sent: dict[str, Any], room: Room) -> dict[str, Any]:
    known = {"name", NEW_NAME, *SETTINGS}
    drawn = serialize_room(room)
    return {
        name: value
        for name, value in sent.items()
        if name not in known and not (name in drawn and drawn[name] == value)
    }


def as_sent(data: dict[str, Any]) -> dict[str, Any]:
    """Return a body's settings; of a form, what their text spells, and null for empty."""
    if not isinstance(data, FormData):
        return data
    values: dict[str, Any] = dict(data)
    for name, text in data.items():
        model_name = OLD_NAME if name == NEW_NAME else name
        if model_name in SETTINGS:
            field = Room._meta.get_field(model_name)
            values[name] = field.from_text(text) if text else None
    return values
