"""Serializer fields of the strict model fields, and fast serializers of many rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from access.values.timestamps import format_timestamp


class TimestampSerializerField(serializers.DateTimeField):
    def to_representation(self, value: datetime) -> str:
        return format_timestamp(value)


class TimestampSchema(OpenApiSerializerFieldExtension):
    target_class = TimestampSerializerField
    response = {"type": "string", "format": "date-time", "examples": ["2025-06-13T20:34:03Z"]}
    # In the years that PostgreSQL and Python can both store.
    request = {
        "anyOf": [
            {**response, "pattern": "^(?:19[7-9]|2[0-9]{2})"},
            {"type": "string", "format": "date", "pattern": "^(?:19[7-9]|2[0-9]{2})"},
        ]
    }

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        shape = self.request if direction == "request" else self.response
        return {key: list(value) if key == "anyOf" else value for key, value in shape.items()}


class SecretField(serializers.CharField):
    """A secret; an action whose response has one belongs to secret_actions of its view."""

    def __init__(self, *, pattern: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = pattern


class SecretSchema(OpenApiSerializerFieldExtension):
    target_class = SecretField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        pattern = {"pattern": self.target.pattern} if self.target.pattern else {}
        return {"type": "string", "format": "password", **pattern}


class ChoiceSerializerField(serializers.ChoiceField):
    def to_representation(self, value: str) -> str:
        return value


class ConstantField(serializers.Field):
    """A key with the same `value` in every response; a request may repeat it."""

    def __init__(self, value: Any, schema: dict[str, Any], help_text: str) -> None:
        super().__init__(read_only=True, help_text=help_text)
        self.value, self.schema = value, schema

    def get_attribute(self, row: Any) -> Any:
        return self.value

    def to_representation(self, value: Any) -> Any:
        return value


class ConstantSchema(OpenApiSerializerFieldExtension):
    target_class = ConstantField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return dict(self.target.schema)


class ResponseSerializer(serializers.Serializer):
    """Describes a response that may lack its fields with required=False."""


class DryRunField(serializers.BooleanField):
    def __init__(self) -> None:
        super().__init__(required=False, help_text="Only in the response to a dry run.")


# The value of a column has its type already, so REST framework need not convert it.
_CONVERTERS: dict[type, Callable[[Any], Any] | None] = {
    serializers.BooleanField: None,
    serializers.CharField: str,
    serializers.DictField: None,
    serializers.IntegerField: None,
    serializers.ListField: None,
    serializers.UUIDField: str,
    ChoiceSerializerField: None,
    ConstantField: None,
    TimestampSerializerField: format_timestamp,
}


class RowSerializer:
    """Serializes rows like a serializer, in a quarter of the time, as it looks up fields once."""

    def __init__(self, serializer: serializers.Serializer) -> None:
        self._fields = [
            (name, _getter(field), _converter(field)) for name, field in serializer.fields.items()
        ]

    def __call__(self, row: Any) -> dict[str, Any]:
        values = ((name, value_of(row), convert) for name, value_of, convert in self._fields)
        return {
            name: value if convert is None or value is None else convert(value)
            for name, value, convert in values
        }


class TableSerializer:
    """Serializes rows without models, column by column; the rows begin with `columns`.

    Fields that are not columns are constants, or null, such as active_session.
    """

    def __init__(self, serializer: serializers.ModelSerializer) -> None:
        fields = serializer.fields.values()
        known = {field.attname for field in serializer.Meta.model._meta.concrete_fields}
        # One column may have two names.
        self.columns = tuple(dict.fromkeys(f.source for f in fields if f.source in known))
        places = {source: place for place, source in enumerate(self.columns)}
        self._names = tuple(serializer.fields)
        self._fields = [
            (places.get(field.source), _converter(field), getattr(field, "value", None))
            for field in fields
        ]

    def __call__(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        if not rows:
            return []
        columns = [*zip(*rows, strict=True)]
        converted = (
            (constant,) * len(rows) if place is None else _column(columns[place], convert)
            for place, convert, constant in self._fields
        )
        return [dict(zip(self._names, row, strict=True)) for row in zip(*converted, strict=True)]


def _getter(field: serializers.Field) -> Callable[[Any], Any]:
    return field.get_attribute if isinstance(field, ConstantField) else attrgetter(field.source)


def _column(values: Sequence[Any], convert: Callable[[Any], Any] | None) -> Sequence[Any]:
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def _converter(field: serializers.Field) -> Callable[[Any], Any] | None:
    """Return the function that converts a value of a column, or None if it needs none."""
    if isinstance(field, serializers.ModelSerializer):
        return RowSerializer(field)
    return _CONVERTERS.get(type(field), field.to_representation)
