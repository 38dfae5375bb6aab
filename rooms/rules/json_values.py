"""Serialize and compare JSON values, and keep them exact in columns of jsonb."""

import json
from typing import Any

# Above this, a whole number is no float.
TOO_LARGE = 2**1024 - 2**970


class RewrittenObject(dict[str, Any]):
    """A JSON object that jsonb has rewritten: 1e23 has become 24 digits, keys are sorted."""


def serialized(value: dict[str, Any]) -> str:
    """Return the stored text of a JSON object: compact, unescaped, with its order of keys."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def with_texts(value: Any) -> Any:
    """Return a JSON value with each object of a key `meta` as its text, which jsonb keeps."""
    if not isinstance(value, dict):
        return value
    return {
        key: _as_text(part) if key == "meta" else with_texts(part) for key, part in value.items()
    }


def without_texts(value: Any) -> Any:
    """Return the JSON value of which `with_texts` made `value`.

    Rows from before version 0.2.0 have objects in place of the texts.
    """
    if not isinstance(value, dict):
        return value
    return {
        key: _as_object(part) if key == "meta" else without_texts(part)
        for key, part in value.items()
    }


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values have the same text, apart from what jsonb has rewritten."""
    if isinstance(one, RewrittenObject) or isinstance(other, RewrittenObject):
        return _same_values(one, other)
    return json.dumps(one) == json.dumps(other)


def nests_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested in more than `levels` levels."""
    level = [value]
    for _level in range(levels):
        children = (item.values() if isinstance(item, dict) else item for item in level)
        level = [x for items in children for x in items if isinstance(x, dict | list)]
    return bool(level)


def _as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return serialized(value) if isinstance(value, dict) else value


def _as_object(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_object(item) for item in value]
    if isinstance(value, dict):
        return RewrittenObject(value)
    return json.loads(value) if isinstance(value, str) else value


def _same_values(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON, without order of keys and notation of numbers.

    Python's 1 == True is not.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same_values(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_values, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and _same_scalars(one, other)


def _same_scalars(one: Any, other: Any) -> bool:
    if isinstance(one, int) and isinstance(other, float):
        one, other = other, one
    if isinstance(one, float) and isinstance(other, int):
        # jsonb wrote the digits of 1e23, and the float that is nearest to them is 1e23.
        return abs(other) < TOO_LARGE and one == float(other)
    return bool(one == other)
