"""JSON values as they are stored and compared."""

import json
from typing import Any


def serialized(value: dict[str, Any]) -> str:
    """Return a JSON object as it is counted and stored: compact, unescaped, in its own order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def same_json(one: Any, other: Any) -> bool:
    """Say whether two values are the same JSON: to Python 1 equals true, to JSON it does not.

    Neither the order of keys counts nor how a number is written: jsonb keeps neither.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def nests_deeper(value: Any, levels: int) -> bool:
    """Say whether more than `levels` lists and objects lie in each other."""
    level = [value]
    for _level in range(levels):
        children = (item.values() if isinstance(item, dict) else item for item in level)
        level = [x for inside in children for x in inside if isinstance(x, dict | list)]
    return bool(level)
