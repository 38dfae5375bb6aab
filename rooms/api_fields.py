"""How the strict model fields look in the API: drawn as JSON, described by their rules."""

from datetime import datetime
from typing import Any

from django.db import models
from rest_framework import serializers

from rooms import fields
from rooms.rules import rule_of
from rooms.timestamps import format_timestamp

# JSON Schema's words for a limit, and REST framework's.
_BOUNDS = {
    "minimum": "min_value",
    "maximum": "max_value",
    "minLength": "min_length",
    "maxLength": "max_length",
}


class Timestamp(serializers.DateTimeField):
    def to_representation(self, value: datetime) -> str:
        return format_timestamp(value)


class Choice(serializers.ChoiceField):
    def to_representation(self, value: str) -> str:
        return value


class FromRules(serializers.ModelSerializer):
    """Draws a model and describes it; it judges nothing, the model does that at every door."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        fields.WholeNumber: serializers.IntegerField,
        fields.Words: serializers.CharField,
        fields.YesNo: serializers.BooleanField,
        fields.Moment: Timestamp,
        fields.JsonObject: serializers.DictField,
        models.DateTimeField: Timestamp,
    }
    serializer_choice_field = Choice

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[type, dict]:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs.pop("style", None)
        if field_class is not serializers.DictField:
            kwargs |= self._bounds(field_name)
        return field_class, kwargs

    def _bounds(self, field_name: str) -> dict[str, Any]:
        rule = rule_of(self.Meta.model, field_name)
        bounds = rule.bounds() if rule else {}
        return {_BOUNDS[word]: limit for word, limit in bounds.items() if word in _BOUNDS}
