from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from access.api.serializers import ChoiceSerializerField, RowSerializer, TimestampSerializerField
from access.values.timestamps import format_timestamp
from rooms.api.serializers import RoomSessionSerializer
from rooms.rules.serializers import RuleSerializer
from sessions.lifecycle.live_settings import AppliedSettings
from sessions.models import Member, RoomSession, SessionEvent, SessionEventType


class MemberSerializer(RuleSerializer):
    """One stay of one user in a session."""

    room_session_id = serializers.UUIDField(source="session_id", read_only=True)

    class Meta:
        model = Member
        fields = ("id", "room_session_id", "name", "join_time", "leave_time", "duration")
        read_only_fields = fields


class SessionEventSerializer(serializers.ModelSerializer):
    """An event of a session."""

    # Text, as all ids are.
    id = serializers.CharField()
    room_id = serializers.UUIDField(
        source="session.room_id", allow_null=True, help_text="Null after the room is deleted."
    )
    room_session_id = serializers.UUIDField(source="session_id")
    name = ChoiceSerializerField(SessionEventType.choices, source="type")
    payload = serializers.DictField(help_text="Details of the event; the keys depend on its name.")
    created_at = TimestampSerializerField(source="at")

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
        )
        read_only_fields = fields


# Built once, as in rooms/api/serializers.py.
_session = RowSerializer(RoomSessionSerializer())
_member = RowSerializer(MemberSerializer())
_event = RowSerializer(SessionEventSerializer())


def serialize_session(session: RoomSession) -> dict[str, Any]:
    """Return `session` as JSON."""
    return _session(session)


def serialize_member(member: Member) -> dict[str, Any]:
    """Return `member` as JSON."""
    return _member(member)


def serialize_event(event: SessionEvent) -> dict[str, Any]:
    """Return `event`, read with its session, as JSON."""
    return _event(event)


def serialize_applied(applied: AppliedSettings) -> dict[str, Any]:
    """Return the changed settings of a session, and the members whose leave_by changes."""
    now = timezone.now()
    return {
        "changes": applied.as_json(),
        "removals": [
            {
                "member": {"id": str(one.member.pk), "name": one.member.name},
                "leave_by": [serialize_time(one.before), serialize_time(one.at)],
                "at_once": one.at is not None and one.at <= now,
            }
            for one in applied.removals
        ],
    }


def serialize_time(moment: datetime | None) -> str | None:
    return moment and format_timestamp(moment)
