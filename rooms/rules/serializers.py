"""Serializers of models whose fields are described by their rules."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from rest_framework import serializers

from access.api.serializers import ChoiceSerializerField, TimestampSerializerField
from rooms.rules import constraints, fields

# JSON Schema's words for a limit, and REST framework's.
_BOUNDS = {
    "minimum": "min_value",
    "maximum": "max_value",
    "minLength": "min_length",
    "maxLength": "max_length",
}


# JSON Schema's text has no half characters, and a half in a pattern is read as a whole elsewhere.
_CONTROLS = constraints.CONTROLS.replace(r"\ud800-\udfff", "")


_NOT_IN_A_LINE = constraints.NOT_IN_A_LINE.strip("[]").replace(constraints.CONTROLS, _CONTROLS)


_UNSEEN = constraints.SEEN.strip("[^]")


# The rules say what is forbidden; a pattern has to say what is allowed.
_PATTERNS = {
    constraints.Line: rf"^[^{_NOT_IN_A_LINE}]*[^{_NOT_IN_A_LINE}{_UNSEEN}][^{_NOT_IN_A_LINE}]*$",
    constraints.Text: rf"^(?:[^{_CONTROLS}\r]|\r\n)*$",
}


class RuleSerializer(serializers.ModelSerializer):
    """Draws a model and describes it; it judges nothing, the model does that at every door."""

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
            # JSON Schema has no word for the length of a whole object.
            kwargs["help_text"] = f"{model_field.help_text} It {rule.says()}."
        elif rule is not None:
            kwargs |= _described(rule)
        return field_class, kwargs


def _described(rule: constraints.Rule) -> dict[str, Any]:
    bounds = rule.bounds()
    kwargs = {_BOUNDS[word]: limit for word, limit in bounds.items() if word in _BOUNDS}
    pattern = bounds.get("pattern") or _PATTERNS.get(type(rule))
    if pattern:
        kwargs["validators"] = [RegexValidator(pattern)]
    return kwargs
