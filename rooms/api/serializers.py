"""Serializes rooms, and reads a request's body as an edit of a room."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from rest_framework import serializers

from access.api.parsers import FormData
from access.api.serializers import RowSerializer, TableSerializer, TimestampSerializerField
from rooms.api.constant_keys import (
    CONSTANT_ROOM_KEYS,
    ConstantRoomKeys,
    always_false,
    no_cost,
)
from rooms.changes.validation import SETTINGS, WRITABLE
from rooms.models import Room
from rooms.rules.serializers import RuleSerializer

# One setting has two names; the newer reference uses the second.
OLD_NAME, NEW_NAME = "audio_video_sync", "sync_audio_video"
SAME_VALUE = "The newer name of audio_video_sync; both always have the same value."


class RoomSessionSerializer(ConstantRoomKeys, RuleSerializer):
    """A session, alone and as the active_session of a room."""

    # Text, as all ids are: a client may send the room back and have it compared.
    room_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="Null after the room is deleted."
    )
    preview_url = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="The path of a moving picture of the live session (an animated WebP). "
        "It opens without an account. Null without a picture of the last two minutes.",
    )
    locked = always_false("a session cannot be locked.")
    created_at = TimestampSerializerField(
        source="start_time", read_only=True, help_text="The same as start_time."
    )
    updated_at = TimestampSerializerField(
        read_only=True, help_text="The time of the last event, such as a join or a change."
    )
    sync_audio_video = serializers.BooleanField(
        source=OLD_NAME, read_only=True, help_text=SAME_VALUE
    )
    cost_in_dollars = no_cost()

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
            *CONSTANT_ROOM_KEYS,
            "locked",
            "created_at",
            "updated_at",
            "sync_audio_video",
            "cost_in_dollars",
        )
        read_only_fields = fields


class RoomSerializer(ConstantRoomKeys, RuleSerializer):
    sync_audio_video = serializers.BooleanField(
        source=OLD_NAME, required=False, help_text=SAME_VALUE
    )
    active_session = RoomSessionSerializer(
        read_only=True,
        allow_null=True,
        help_text="The session in progress. A list has it only with include_active_session=true.",
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
            *CONSTANT_ROOM_KEYS,
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
    """The body of PUT and PATCH /rooms/{id}. Fields that are left out keep their values."""

    class Meta(RoomSerializer.Meta):
        # The body may repeat the name of the room; it cannot change it.
        read_only_fields = ("name", *RoomSerializer.Meta.read_only_fields)


# Built once: building a serializer takes as long as the query. Rooms are read by
# with_active_session().
serialize_room = RowSerializer(RoomSerializer())
# Serializes rows of its columns as `serialize_room` does for rooms without sessions.
table = TableSerializer(RoomSerializer())


def read_edit(data: dict[str, Any], *, strict: bool = False) -> Callable[[Room], dict[str, Any]]:
    """Return the edit of a body, not yet validated, as change_room() takes it.

    Unknown keys are dropped. They stay with `strict`, so that validation refuses them, and so
    do read-only fields whose value differs from the room's.
    """
    sent = as_sent(data)

    def edit(room: Room) -> dict[str, Any]:
        values = {name: sent[name] for name in WRITABLE if name in sent}
        # A client may send the whole room back with one of the two names changed: use that one.
        stands = room.audio_video_sync
        if NEW_NAME in sent and values.get(OLD_NAME, stands) is stands:
            values[OLD_NAME] = sent[NEW_NAME]
        return {**values, **_unknown(sent, room)} if strict else values

    return edit


def _unknown(sent: dict[str, Any], room: Room) -> dict[str, Any]:
    known = {"name", NEW_NAME, *SETTINGS}
    body = serialize_room(room)
    return {
        name: value
        for name, value in sent.items()
        if name not in known and not (name in body and body[name] == value)
    }


def as_sent(data: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a body; for a form, parsed from text, with null for empty."""
    if not isinstance(data, FormData):
        return data
    values: dict[str, Any] = dict(data)
    for name, text in data.items():
        model_name = OLD_NAME if name == NEW_NAME else name
        if model_name in SETTINGS:
            field = Room._meta.get_field(model_name)
            values[name] = field.from_text(text) if text else None
    return values
