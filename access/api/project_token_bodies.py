"""Bodies of requests and responses about API tokens."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    DryRunField,
    ResponseSerializer,
    SecretField,
)
from access.models import ApiToken, Scope
from access.values.faults import fault, unknown_parameter

_NAME = ApiToken._meta.get_field("name")
_SCOPES = f"must be a list of {', '.join(Scope.values)}"
NO_SUBPROJECTS = "must be null, because Greenroom has no subprojects"


class ApiTokenChangeSerializer(serializers.Serializer):
    """The body of PATCH /api/project/tokens/{id}."""

    name = serializers.CharField(
        required=False, max_length=_NAME.max_length, help_text=str(_NAME.help_text)
    )
    permissions = serializers.ListField(
        required=False,
        child=ChoiceSerializerField(Scope.choices),
        help_text="The scopes of the token: some of those that the calling token has.",
    )


class NewApiTokenSerializer(ApiTokenChangeSerializer):
    """The body of POST /api/project/tokens."""

    name = serializers.CharField(max_length=_NAME.max_length, help_text=str(_NAME.help_text))
    permissions = serializers.ListField(child=ChoiceSerializerField(Scope.choices))


class ApiTokenSerializer(ResponseSerializer):
    """An API token; only the response that creates it has its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    permissions = serializers.ListField(child=ChoiceSerializerField(Scope.choices))
    token = SecretField(
        allow_null=True, help_text="The secret; null unless this request has created the token."
    )
    dry_run = DryRunField()


def validate_token(token: ApiToken) -> None:
    """Raise ValidationError with the faults of the fields that clients set."""
    try:
        token.full_clean(exclude={"project"})
    except ValidationError as found:
        faults = found.error_dict
        raise ValidationError({name: _as_sent(name, faults[name]) for name in faults}) from None


def _as_sent(name: str, errors: Any) -> ValidationError:
    texts = " ".join(message for error in errors for message in error.messages)
    return ValidationError(f"{name}: {texts}", code="invalid_parameter")


def body_fault(name: str, body: Mapping[str, Any], is_strict: bool) -> ValidationError | None:
    value = body[name]
    if name == "name":
        is_text = isinstance(value, str)
        return None if is_text else fault(name, "not_a_string", "must be text", value)
    if name == "permissions":
        known = isinstance(value, list) and all(scope in Scope.values for scope in value)
        return None if known else fault(name, "invalid_parameter", _SCOPES, value)
    if name == "subproject_id" and value is not None:
        return fault(name, "invalid_parameter", NO_SUBPROJECTS, value)
    if is_strict and name != "subproject_id":
        return unknown_parameter(name)
    return None
