"""Form-encoded bodies as the description tells them: all is text, and empty stands for null."""

from typing import Any


def as_form(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body in JSON as one for form-encoded bodies, which hold text only."""
    properties = {name: _as_text(value) for name, value in schema["properties"].items()}
    return {
        **schema,
        "properties": properties,
        # Any other field is text too, and stands once: nothing can be an array.
        "additionalProperties": {"type": "string"},
        # A form without fields is no body at all.
        "minProperties": 1,
    }


def _as_text(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type", [])
    if "object" in kinds or "array" in kinds:
        text = {"type": "string", "contentMediaType": "application/json"}
        return text | {"description": f"{schema['description']} As JSON; empty stands for null."}
    if "anyOf" in schema:
        kept = [option for option in schema["anyOf"] if option != {"type": "null"}]
    elif isinstance(kinds, list) and "null" in kinds:
        kept = [{**schema, "type": next(kind for kind in kinds if kind != "null")}]
    else:
        return schema
    description = kept[0].pop("description", schema.get("description"))
    empty = {"type": "string", "maxLength": 0, "description": "Empty stands for null."}
    return {"anyOf": [*kept, empty], "description": description}
