"""How the strict model fields look in the API: drawn as JSON, described by their rules."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from rooms import fields, rules
from rooms.timestamps import format_timestamp

# JSON Schema's words for a limit, and REST framework's.
_BOUNDS = {
    "minimum": "min_value",
    "maximum": "max_value",
    "minLength": "min_length",
    "maxLength": "max_length",
}

# JSON Schema's text has no half characters, and a half in a pattern is read as a whole elsewhere.
_CONTROLS = rules.CONTROLS.replace(r"\ud800-\udfff", "")
_NOT_IN_A_LINE = rules.NOT_IN_A_LINE.strip("[]").replace(rules.CONTROLS, _CONTROLS)
_UNSEEN = rules.SEEN.strip("[^]")
# The rules say what is forbidden; a pattern has to say what is allowed.
_PATTERNS = {
    rules.Line: rf"^[^{_NOT_IN_A_LINE}]*[^{_NOT_IN_A_LINE}{_UNSEEN}][^{_NOT_IN_A_LINE}]*$",
    rules.Text: rf"^(?:[^{_CONTROLS}\r]|\r\n)*$",
}


class Timestamp(serializers.DateTimeField):
    def to_representation(self, value: datetime) -> str:
        return format_timestamp(value)


class TimestampSchema(OpenApiSerializerFieldExtension):
    target_class = Timestamp
    drawn = {"type": "string", "format": "date-time", "examples": ["2025-06-13T20:34:03Z"]}
    # In the years that a room can keep.
    sent = {
        "anyOf": [
            {**drawn, "pattern": "^(?:19[7-9]|2[0-9]{2})"},
            {"type": "string", "format": "date", "pattern": "^(?:19[7-9]|2[0-9]{2})"},
        ]
    }

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        shape = self.sent if direction == "request" else self.drawn
        return {key: list(value) if key == "anyOf" else value for key, value in shape.items()}


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
        rule = rules.rule_of(self.Meta.model, field_name)
        if isinstance(rule, rules.Document):
            # JSON Schema has no word for the length of a whole object.
            kwargs["help_text"] = f"{model_field.help_text} It {rule.says()}."
        elif rule is not None:
            kwargs |= _described(rule)
        return field_class, kwargs


class Drawer:
    """Draws rows as a serializer does, in a third of the time: it looks up once what is fixed."""

    def __init__(self, serializer: serializers.Serializer) -> None:
        self._fields = [
            (name, attrgetter(field.source), _drawn_by(field))
            for name, field in serializer.fields.items()
        ]

    def __call__(self, row: Any) -> dict[str, Any]:
        values = ((name, value_of(row), drawn) for name, value_of, drawn in self._fields)
        return {name: None if value is None else drawn(value) for name, value, drawn in values}


def _drawn_by(field: serializers.Field) -> Callable[[Any], Any]:
    is_row = isinstance(field, serializers.Serializer)
    return Drawer(field) if is_row else field.to_representation


def _described(rule: rules.Rule) -> dict[str, Any]:
    bounds = rule.bounds()
    kwargs = {_BOUNDS[word]: limit for word, limit in bounds.items() if word in _BOUNDS}
    pattern = bounds.get("pattern") or _PATTERNS.get(type(rule))
    if pattern:
        kwargs["validators"] = [RegexValidator(pattern)]
    return kwargs
