"""Schemas that several modules of the OpenAPI document use."""

from typing import Any


def described(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


FAULTS = {
    "type": "array",
    "minItems": 1,
    "items": {"$ref": "#/components/schemas/ValidationError"},
}
