"""Reads the bodies of requests about sessions; their values are validated later."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from access.api.parsers import FormData
from access.values.faults import fault, missing_parameter, unknown_parameter
from access.values.identifiers import is_uuid
from rooms.api.serializers import NEW_NAME, OLD_NAME, SAME_VALUE, as_sent
from rooms.rules.serializers import RuleSerializer
from sessions.lifecycle.live_settings import SETTINGS
from sessions.models import RoomSession


class SessionChangeSerializer(RuleSerializer):
    """The body of PATCH /room_sessions/{id}. Fields that are left out keep their values."""

    sync_audio_video = serializers.BooleanField(
        source=OLD_NAME, required=False, help_text=SAME_VALUE
    )

    class Meta:
        model = RoomSession
        fields = (*SETTINGS, NEW_NAME)
        extra_kwargs = {"display_name": {"required": False, "allow_null": True}}


class AdmissionSerializer(serializers.Serializer):
    """The body of POST /room_sessions/admissions."""

    token = serializers.CharField(help_text="The room token of the user.")
    member_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="An id that you choose for this stay, so that the request can be retried.",
    )


def read_settings(
    data: dict[str, Any], current: Mapping[str, Any], *, strict: bool = False
) -> dict[str, Any]:
    """Return the settings that a body sets on a session, which is serialized as `current`.

    Unknown keys are dropped. They stay with `strict`, so that validation refuses them, unless
    they have the value of the session.
    """
    sent = as_sent(data)
    values = {name: sent[name] for name in SETTINGS if name in sent}
    if NEW_NAME in sent and values.get(OLD_NAME, current[OLD_NAME]) is current[OLD_NAME]:
        values[OLD_NAME] = sent[NEW_NAME]
    if strict:
        # updated_at moves with each member, so a client cannot send back the present one.
        known = {*SETTINGS, NEW_NAME, "updated_at"}
        values |= {
            name: value
            for name, value in sent.items()
            if name not in known and (name not in current or current[name] != value)
        }
    return values


def read_admission(data: Mapping[str, Any], *, strict: bool = False) -> tuple[str, str | None]:
    """Return the room token and the member_id of a body. Raises ValidationError."""
    faults = {}
    token, member_id = data.get("token"), data.get("member_id")
    if isinstance(data, FormData):
        # In a form-encoded body, empty means null.
        member_id = member_id or None
    if "token" not in data:
        faults["token"] = missing_parameter("token")
    elif not isinstance(token, str):
        faults["token"] = fault("token", "not_a_string", "must be a room token", token)
    if member_id is not None and not (isinstance(member_id, str) and is_uuid(member_id)):
        rule = "must be a UUID with hyphens"
        faults["member_id"] = fault("member_id", "invalid_parameter", rule, member_id)
    if strict:
        for name in data:
            if name not in ("token", "member_id"):
                faults[name] = unknown_parameter(name)
    if faults:
        raise ValidationError(faults)
    return token, member_id
