"""Schemas of form-encoded bodies: every value is text, and an empty one means null."""

from typing import Any

NAMES = r"^(?![ +]*\{)[^\[\]]*$"


def as_form(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the form-encoded variant of the schema of a JSON body."""
    properties = {name: _as_text(name, value) for name, value in schema["properties"].items()}
    return {
        **schema,
        "properties": properties,
        # A form sends each field once, as text.
        "additionalProperties": {"type": "string"},
        # The server refuses other keys with a bracket, and a JSON text as a form.
        "propertyNames": {"pattern": NAMES},
        # A form without fields is an empty body.
        "minProperties": 1,
    }


def _as_text(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type", [])
    if "object" in kinds or "array" in kinds:
        text = {"type": "string", "contentMediaType": "application/json"}
        parts = f"{name}[key]=…" if "object" in kinds else f"{name}[]=…"
        words = f"{schema['description']} As JSON, or in parts as `{parts}`; empty means null."
        return text | {"description": words}
    if "anyOf" in schema:
        kept = [option for option in schema["anyOf"] if option != {"type": "null"}]
    elif isinstance(kinds, list) and "null" in kinds:
        kept = [{**schema, "type": next(kind for kind in kinds if kind != "null")}]
    else:
        return schema
    description = kept[0].pop("description", schema.get("description"))
    empty = {"type": "string", "maxLength": 0, "description": "Empty means null."}
    return {"anyOf": [*kept, empty], "description": description}
