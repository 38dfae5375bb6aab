from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    ConstantField,
    ResponseSerializer,
    RowSerializer,
    TimestampSerializerField,
)
from access.values.numbered_ids import NumberedIds
from access.values.timestamps import format_timestamp
from rooms.api.changes_field import ChangesField
from rooms.api.constant_keys import no_cost
from rooms.api.serializers import RoomSessionSerializer
from rooms.rules.serializers import RuleSerializer
from sessions.lifecycle.live_settings import Removal
from sessions.models import EVENT_IDS, Member, RoomSession, SessionEvent, SessionEventType


class MemberSerializer(RuleSerializer):
    """One stay of one user in a session."""

    room_session_id = serializers.UUIDField(source="session_id", read_only=True)
    cost_in_dollars = no_cost()

    class Meta:
        model = Member
        fields = (
            "id",
            "room_session_id",
            "name",
            "join_time",
            "leave_time",
            "duration",
            "cost_in_dollars",
        )
        read_only_fields = fields


class NumberedIdField(serializers.UUIDField):
    """The id of a row with a number, in the format of a UUID."""

    def __init__(self, ids: NumberedIds) -> None:
        super().__init__(source="pk", read_only=True)
        self.ids = ids

    def to_representation(self, number: int) -> str:
        return str(self.ids.id_of(number))


class SessionEventSerializer(serializers.ModelSerializer):
    """An event of a session."""

    id = NumberedIdField(EVENT_IDS)
    room_id = serializers.UUIDField(
        source="session.room_id_ever",
        allow_null=True,
        help_text="The room's id, also after the room is deleted; null if that was before 0.2.0.",
    )
    room_session_id = serializers.UUIDField(source="session_id")
    name = ChoiceSerializerField(SessionEventType.choices, source="type")
    payload = serializers.DictField(help_text="Details of the event; the keys depend on its name.")
    created_at = TimestampSerializerField(source="at")
    level = ConstantField(
        "info", {"type": "string", "examples": ["info"]}, "Always info: no event is an error."
    )

    class Meta:
        model = SessionEvent
        fields = (
            "id",
            "project_id",
            "room_id",
            "room_session_id",
            "name",
            "payload",
            "created_at",
            "level",
        )
        read_only_fields = fields


class RemovedMemberSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)


class RemovalSerializer(serializers.Serializer):
    member = RemovedMemberSerializer()
    leave_by = serializers.ListField(
        child=TimestampSerializerField(allow_null=True),
        min_length=2,
        max_length=2,
        help_text="When the member has to leave, before and after the change.",
    )
    at_once = serializers.SerializerMethodField(help_text="Whether the member has to leave now.")

    def get_at_once(self, removal: Removal) -> bool:
        return removal.at is not None and removal.at <= timezone.now()


class AppliedSerializer(serializers.Serializer):
    changes = ChangesField(source="as_json")
    removals = RemovalSerializer(
        many=True, help_text="The members inside whose leave_by changes, earliest first."
    )


class ListedRoomSessionSerializer(RoomSessionSerializer):
    locked_cover = serializers.CharField(
        read_only=True,
        help_text="The path of a picture for locked sessions. Only lists of sessions have it.",
    )

    class Meta(RoomSessionSerializer.Meta):
        fields = (*RoomSessionSerializer.Meta.fields, "locked_cover")


class ChangedRoomSessionSerializer(ResponseSerializer, RoomSessionSerializer):
    dry_run = AppliedSerializer(required=False)

    class Meta(RoomSessionSerializer.Meta):
        fields = (*RoomSessionSerializer.Meta.fields, "dry_run")


# Built once, as in rooms/api/serializers.py.
serialize_session = RowSerializer(RoomSessionSerializer())
serialize_member = RowSerializer(MemberSerializer())
# An event is read with its session.
serialize_event = RowSerializer(SessionEventSerializer())
serialize_applied = AppliedSerializer().to_representation


def serialize_listed_session(session: RoomSession) -> dict[str, Any]:
    return {**serialize_session(session), "locked_cover": static("sessions/locked.svg")}


def serialize_time(moment: datetime | None) -> str | None:
    return moment and format_timestamp(moment)
