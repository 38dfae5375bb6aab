"""The changes of a dry run, as fields with two values."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "array",
            "items": {},
            "minItems": 2,
            "maxItems": 2,
        },
        "description": "Each changed field: its value before and after.",
    },
    component_name="Changes",
)
class ChangesField(serializers.DictField):
    pass
