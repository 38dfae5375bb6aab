"""Serialize and compare JSON values."""

import json
from typing import Any


def serialized(value: dict[str, Any]) -> str:
    """Return the stored text of a JSON object: compact, unescaped, with its order of keys."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def same_json(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON; Python's 1 == True is not.

    The order of keys and the notation of numbers do not count, because jsonb keeps neither.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def nests_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested in more than `levels` levels."""
    level = [value]
    for _level in range(levels):
        children = (item.values() if isinstance(item, dict) else item for item in level)
        level = [x for items in children for x in items if isinstance(x, dict | list)]
    return bool(level)
