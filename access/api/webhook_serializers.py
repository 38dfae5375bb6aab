"""Reads, validates and serializes webhook endpoints."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    DryRunField,
    ResponseSerializer,
    SecretField,
    TimestampSerializerField,
)
from access.http.errors import ApiError
from access.values.faults import fault, unknown_parameter
from access.webhooks.models import DeliveryState, WebhookEndpoint, WebhookEventType

_URL = WebhookEndpoint._meta.get_field("url")
_DESCRIPTION = WebhookEndpoint._meta.get_field("description")
_TYPES = f"must be a list of {', '.join(WebhookEventType.values)}"


class WebhookChangeSerializer(serializers.Serializer):
    """The body of PUT /webhooks/{id}. Fields that are left out keep their values."""

    url = serializers.CharField(
        required=False,
        min_length=1,
        max_length=_URL.max_length,
        help_text="The URL that receives the events: https, with a public address.",
    )
    description = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=_DESCRIPTION.max_length,
        help_text=str(_DESCRIPTION.help_text),
    )
    event_types = serializers.ListField(
        required=False,
        child=ChoiceSerializerField(WebhookEventType.choices),
        help_text="The events to send. An empty list means all, including future types.",
    )
    enabled = serializers.BooleanField(
        required=False, help_text="While false, events are neither sent nor queued."
    )


class NewWebhookSerializer(WebhookChangeSerializer):
    """The body of POST /webhooks."""

    url = serializers.CharField(min_length=1, max_length=_URL.max_length, help_text=_URL.help_text)


class WebhookSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField()
    event_types = serializers.ListField(child=ChoiceSerializerField(WebhookEventType.choices))
    enabled = serializers.SerializerMethodField()
    disabled_at = TimestampSerializerField(allow_null=True)
    disabled_reason = serializers.CharField(help_text="Empty while the webhook is enabled.")
    failing_since = TimestampSerializerField(
        allow_null=True,
        help_text="The first failure after the last success; null if the last call succeeded.",
    )
    former_secret_until = TimestampSerializerField(
        source="former_until",
        allow_null=True,
        help_text="The time until which the former secret signs as well; null before a rotation.",
    )
    created_at = TimestampSerializerField()

    def get_enabled(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.disabled_at is None


class ChangedWebhookSerializer(ResponseSerializer, WebhookSerializer):
    dry_run = DryRunField()


class WebhookWithSecretSerializer(ResponseSerializer, WebhookSerializer):
    secret = SecretField(
        pattern="^whsec_",
        required=False,
        help_text="The secret that signs the messages (Standard Webhooks). Only the responses that "
        "create or rotate it contain it; a dry run does not.",
    )
    dry_run = DryRunField()


class WebhookCallSerializer(serializers.Serializer):
    at = TimestampSerializerField()
    milliseconds = serializers.IntegerField()
    status = serializers.IntegerField(
        allow_null=True, help_text="The HTTP status; null if no complete response arrived."
    )
    outcome = serializers.CharField(help_text="The result of the call, as a sentence.")
    answer = serializers.CharField(help_text="The beginning of the response body.")


class WebhookDeliverySerializer(serializers.Serializer):
    id = serializers.CharField()
    message_id = serializers.UUIDField(
        source="event.message_id", help_text="The header webhook-id."
    )
    type = serializers.CharField(source="event.type")
    body = serializers.CharField(source="event.body", help_text="The JSON body, exactly as sent.")
    state = ChoiceSerializerField(DeliveryState.choices)
    attempts = serializers.IntegerField()
    created_at = TimestampSerializerField(source="event.created_at")
    due_at = TimestampSerializerField(
        help_text="While pending: the earliest time of the next call."
    )
    ended_at = TimestampSerializerField(
        allow_null=True, help_text="The time of the delivery, or of the last try."
    )
    given_up_by = serializers.CharField(
        allow_null=True,
        help_text="The author, if the delivery was given up by hand: user: and a user name, or "
        "token: and the name of an API token.",
    )
    calls = WebhookCallSerializer(source="log", many=True, help_text="The calls, newest first.")


class SentWebhookDeliverySerializer(ResponseSerializer, WebhookDeliverySerializer):
    dry_run = DryRunField()


_webhook = WebhookSerializer()
serialize_webhook = _webhook.to_representation
serialize_delivery = WebhookDeliverySerializer().to_representation
WRITABLE = tuple(WebhookChangeSerializer().fields)


def read_webhook(data: Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """Return the values of a body, with the right types. Raises ValidationError with all errors.

    Unknown keys are dropped; with `strict` they are refused, unless a response has them.
    """
    values = {name: data[name] for name in WRITABLE if name in data}
    faults = {name: wrong for name, value in values.items() if (wrong := _fault(name, value))}
    if strict:
        for name in data.keys() - _webhook.fields.keys():
            faults[name] = unknown_parameter(name)
    if faults:
        raise ValidationError(faults)
    return values


def validate_endpoint(endpoint: WebhookEndpoint) -> None:
    """Raise ValidationError with all errors of an endpoint.

    Raises ApiError for a new endpoint if its project has the maximum number of webhooks.
    """
    try:
        endpoint.full_clean(exclude={"project"})
    except ValidationError as found:
        faults = found.error_dict
        if "project" in faults:
            raise ApiError(409, " ".join(faults["project"][0].messages)) from None
        raise ValidationError(
            {name: [_api_error(name, error) for error in faults[name]] for name in faults}
        ) from None


def _fault(name: str, value: Any) -> ValidationError | None:
    if name == "enabled":
        wrong = not isinstance(value, bool)
        return fault(name, "not_a_boolean", "must be true or false", value) if wrong else None
    if name == "event_types":
        known = isinstance(value, list) and all(type_ in WebhookEventType.values for type_ in value)
        return None if known else fault(name, "invalid_parameter", _TYPES, value)
    if isinstance(value, str):
        return None
    return fault(name, "not_a_string", "must be text", value)


def _api_error(name: str, error: ValidationError) -> ValidationError:
    text = " ".join(error.messages)
    code = "missing_required_parameter" if error.code in ("blank", "null") else "invalid_parameter"
    return ValidationError(text if text.startswith(name) else f"{name}: {text}", code=code)
