"""Serializers that take the limits of model fields from their rules."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from rest_framework import serializers

from access.api.serializers import ChoiceSerializerField, TimestampSerializerField
from access.values.characters import CONTROLS, NOT_IN_A_LINE, VISIBLE, WHITE_SPACE
from rooms.rules import constraints, fields
from rooms.rules.line_field import LineField

# Maps JSON Schema's keywords to REST framework's arguments.
_BOUNDS = {
    "minimum": "min_value",
    "maximum": "max_value",
    "minLength": "min_length",
    "maxLength": "max_length",
}


# JSON text contains no lone surrogates, and some readers reject them in a pattern.
_CONTROLS = CONTROLS.replace(r"\ud800-\udfff", "")
_NOT_IN_A_LINE = NOT_IN_A_LINE.strip("[]").replace(CONTROLS, _CONTROLS)
_UNSEEN = VISIBLE.strip("[^]")
_LINE = rf"[^{_NOT_IN_A_LINE}]*[^{_NOT_IN_A_LINE}{_UNSEEN}][^{_NOT_IN_A_LINE}]*"
_SPACE = f"[{WHITE_SPACE}]".encode("unicode_escape").decode().replace(r"\x", r"\u00")
# The rules list forbidden characters; a pattern of JSON Schema must match the allowed text.
_PATTERNS = {
    constraints.Line: rf"^{_SPACE}*(?:{_LINE}){_SPACE}*$",
    constraints.Text: rf"^(?:[^{_CONTROLS}\r]|\r\n)*$",
}
_LINE_OR_BLANK = rf"^{_SPACE}*(?:{_LINE})?{_SPACE}*$"


class RuleSerializer(serializers.ModelSerializer):
    """Serializes a model and describes its limits; the model itself validates input."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        fields.StrictIntegerField: serializers.IntegerField,
        fields.StrictTextField: serializers.CharField,
        fields.StrictBooleanField: serializers.BooleanField,
        fields.TimestampField: TimestampSerializerField,
        fields.JsonTextField: serializers.DictField,
        models.DateTimeField: TimestampSerializerField,
    }
    serializer_choice_field = ChoiceSerializerField

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[type, dict]:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs.pop("style", None)
        rule = constraints.rule_of(self.Meta.model, field_name)
        if isinstance(rule, constraints.Document):
            # JSON Schema has no keyword for the length of an object's text.
            kwargs["help_text"] = f"{model_field.help_text} It {rule.requirement()}."
        elif rule is not None:
            kwargs |= _described(rule)
        if isinstance(model_field, LineField) and model_field.may_be_blank:
            # The model field reads a blank as null.
            kwargs["validators"] = [RegexValidator(_LINE_OR_BLANK)]
            del kwargs["min_length"]
        return field_class, kwargs


def _described(rule: constraints.Rule) -> dict[str, Any]:
    bounds = rule.bounds()
    kwargs = {_BOUNDS[word]: limit for word, limit in bounds.items() if word in _BOUNDS}
    pattern = bounds.get("pattern") or _PATTERNS.get(type(rule))
    if pattern:
        kwargs["validators"] = [RegexValidator(pattern)]
    return kwargs
