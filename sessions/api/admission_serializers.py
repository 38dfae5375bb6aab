"""Serializes admissions and decisions."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    DryRunField,
    ResponseSerializer,
    RowSerializer,
    SecretField,
    TimestampSerializerField,
)
from rooms.api.serializers import RoomSessionSerializer
from rooms.rules.join_policy import Reason
from sessions.api.serializers import MemberSerializer
from sessions.models import JoinAs, MediaAllowed


class SeatSerializer(serializers.Serializer):
    server = ChoiceSerializerField([("janus", "Janus")])
    url = serializers.CharField(help_text="The URL of Janus' HTTP API.")
    room = serializers.CharField(help_text="The room of Janus' VideoRoom plugin.")
    id = serializers.CharField(help_text="The participant's id to join with; others are removed.")
    token = SecretField(help_text="The token for every request and for joining.")


class AdmittedSerializer(serializers.Serializer):
    """An admission with the claims of the room token, and the member's seat as `media`."""

    member = MemberSerializer()
    session = RoomSessionSerializer()
    leave_by = TimestampSerializerField(
        source="member.leave_by",
        allow_null=True,
        help_text="When the member has to leave, by the present settings; null: never.",
    )
    join_as = ChoiceSerializerField(JoinAs.choices, source="claims.join_as")
    media_allowed = ChoiceSerializerField(MediaAllowed.choices, source="claims.media_allowed")
    join_audio_muted = serializers.BooleanField(
        source="claims.join_audio_muted", help_text="Whether the member joins with muted audio."
    )
    join_video_muted = serializers.BooleanField(
        source="claims.join_video_muted", help_text="Whether the member joins with muted video."
    )
    sync_audio_video = serializers.BooleanField(
        help_text="The value of the room token, or else the session's."
    )
    permissions = serializers.ListField(
        child=serializers.CharField(),
        source="claims.permissions",
        help_text="The member's permissions in the session. Your gateway must enforce them.",
    )
    meta = serializers.DictField(source="claims.meta")
    media = SeatSerializer(
        allow_null=True,
        help_text="The member's seat on the media server, for their browser only: the token opens "
        "no other room. Null if your gateway manages the media.",
    )


@extend_schema_serializer(component_name="Admission")
class AdmissionResponseSerializer(ResponseSerializer, AdmittedSerializer):
    dry_run = DryRunField()


class RoomAdmissionSerializer(serializers.Serializer):
    allowed = serializers.BooleanField()
    reason = ChoiceSerializerField([(reason.value, reason.name) for reason in Reason])
    sentence = serializers.CharField(help_text="The reason as a sentence, to show to users.")
    changes_at = TimestampSerializerField(
        allow_null=True,
        help_text="When the schedule will change the decision; null: never, or not known.",
    )
    at = TimestampSerializerField(help_text="The time of the decision.")


# Built once, as in rooms/api/serializers.py.
serialize_admission = RowSerializer(AdmittedSerializer())
serialize_room_admission = RoomAdmissionSerializer().to_representation
