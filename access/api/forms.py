"""The fields of a form: name[] is an element of a list, name[key] a key of an object."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from access.values.json_objects import without_duplicates

# list or dict, by the name of each field that a form may send in parts.
Shapes = Mapping[str, type]
_PART = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>[^\[\]]*)\]")


def shapes_of(fields: Iterable[Any]) -> dict[str, type]:
    """Return the shape of each model field that has one, by name."""
    found = ((field.name, getattr(field, "shape", None)) for field in fields)
    return {name: shape for name, shape in found if shape}


def with_whole_fields(pairs: Iterable[tuple[str, str]], shapes: Shapes) -> list[tuple[str, str]]:
    """Return the pairs of a form with the parts of each list or object as one JSON text.

    Raises ValidationError for any other key with a bracket: ignoring it could give a room token
    every permission instead of one.
    """
    whole: list[tuple[str, str]] = []
    parts: dict[str, list[tuple[str, str]]] = {}
    faults: dict[str, ValidationError] = {}
    for key, value in pairs:
        part = _PART.fullmatch(key)
        if "[" not in key and "]" not in key:
            whole.append((key, value))
        elif part and shapes.get(part["name"]) is (dict if part["key"] else list):
            parts.setdefault(part["name"], []).append((part["key"], value))
        else:
            faults[key] = _fault(key, shapes)
    if faults:
        raise ValidationError(faults)
    return [*whole, *((name, _joined(shapes[name], found)) for name, found in parts.items())]


def _joined(shape: type, parts: list[tuple[str, str]]) -> str:
    if shape is dict:
        return json.dumps(without_duplicates(parts))
    return json.dumps([value for _, value in parts])


def _fault(key: str, shapes: Shapes) -> ValidationError:
    known = ", ".join(f"{name}[key]" if shapes[name] is dict else f"{name}[]" for name in shapes)
    rule = f"only {known} can have brackets" if known else "no field of this form has brackets"
    return ValidationError(f"{key} cannot be set: {rule}.", code="unknown_parameter")
