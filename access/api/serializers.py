"""How the strict model fields look in the API: drawn as JSON, described by their rules."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from access.values.timestamps import format_timestamp
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


# Of a column's value: it is of its type already, of which REST framework would make it again.
_DRAWN_BY: dict[type, Callable[[Any], Any] | None] = {
    serializers.BooleanField: None,
    serializers.CharField: str,
    serializers.DictField: None,
    serializers.IntegerField: None,
    serializers.UUIDField: str,
    Choice: None,
    Timestamp: format_timestamp,
}


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
        rule = constraints.rule_of(self.Meta.model, field_name)
        if isinstance(rule, constraints.Document):
            # JSON Schema has no word for the length of a whole object.
            kwargs["help_text"] = f"{model_field.help_text} It {rule.says()}."
        elif rule is not None:
            kwargs |= _described(rule)
        return field_class, kwargs


class Drawer:
    """Draws rows as a serializer does, in a quarter of the time: it looks up once what is fixed."""

    def __init__(self, serializer: serializers.Serializer) -> None:
        self._fields = [
            (name, attrgetter(field.source), _drawn_by(field))
            for name, field in serializer.fields.items()
        ]

    def __call__(self, row: Any) -> dict[str, Any]:
        values = ((name, value_of(row), drawn) for name, value_of, drawn in self._fields)
        return {
            name: value if drawn is None or value is None else drawn(value)
            for name, value, drawn in values
        }


class TableDrawer:
    """Draws rows without models, which begin with `columns`, column by column.

    What the serializer draws that is no column is null, as if all rows were read without it.
    """

    def __init__(self, serializer: serializers.ModelSerializer) -> None:
        fields = serializer.fields.values()
        known = {field.attname for field in serializer.Meta.model._meta.concrete_fields}
        # One column may be drawn under two names.
        self.columns = tuple(dict.fromkeys(f.source for f in fields if f.source in known))
        places = {source: place for place, source in enumerate(self.columns)}
        self._names = tuple(serializer.fields)
        self._fields = [(places.get(field.source, -1), _drawn_by(field)) for field in fields]

    def __call__(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        if not rows:
            return []
        columns = [*zip(*rows, strict=True), (None,) * len(rows)]
        drawn = (_column(columns[place], draw_one) for place, draw_one in self._fields)
        return [dict(zip(self._names, row, strict=True)) for row in zip(*drawn, strict=True)]


def _column(values: Sequence[Any], draw_one: Callable[[Any], Any] | None) -> Sequence[Any]:
    if draw_one is None:
        return values
    return [None if value is None else draw_one(value) for value in values]


def _drawn_by(field: serializers.Field) -> Callable[[Any], Any] | None:
    """Return what draws a value of a column; None where it is drawn as it is."""
    if isinstance(field, serializers.Serializer):
        return Drawer(field)
    return _DRAWN_BY.get(type(field), field.to_representation)


def _described(rule: constraints.Rule) -> dict[str, Any]:
    bounds = rule.bounds()
    kwargs = {_BOUNDS[word]: limit for word, limit in bounds.items() if word in _BOUNDS}
    pattern = bounds.get("pattern") or _PATTERNS.get(type(rule))
    if pattern:
        kwargs["validators"] = [RegexValidator(pattern)]
    return kwargs
