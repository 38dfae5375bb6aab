"""A recipe is one change for many rooms: it sets fields, clears them or shifts the schedule."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from access.values.faults import fault, unknown_parameter
from rooms.changes.validation import SETTINGS, validate_values
from rooms.models import Room, RoomStatus
from rooms.rules.join_policy import SCHEDULE

# Ten years: a longer shift is most likely a wrong unit.
FURTHEST_SHIFT = 10 * 366 * 24 * 3600


@dataclass(frozen=True)
class Recipe:
    """The change of each room, as an edit (rooms/changes/engine.py): a function of the room.

    `values` has the new values, None to clear a field. `shifts` has seconds by field, negative
    for earlier; a room without the time keeps it empty.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    shifts: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, room: Room) -> dict[str, Any]:
        shifted = {name: _shifted(room, name, by) for name, by in self.shifts.items()}
        return {**self.values, **shifted}

    @classmethod
    def read(cls, change: Any) -> "Recipe":
        """Return the recipe of {"set": {}, "clear": [], "shift": {}}.

        Raises ValidationError with every fault that does not depend on a room.
        """
        sets, clears, shifts = _parts(change)
        faults = _faults(sets, clears, shifts)
        values = {**sets, **dict.fromkeys(clears)}
        try:
            validate_values(values)
        except ValidationError as found:
            faults = {**found.error_dict, **faults}
        if faults:
            raise ValidationError(faults)
        return cls(values, {name: int(seconds) for name, seconds in shifts.items()})


@dataclass(frozen=True)
class KeepClosed:
    """An edit that keeps closed rooms unchanged, so that the time of their closing stays."""

    recipe: Recipe

    def __call__(self, room: Room) -> dict[str, Any]:
        is_closed = room.status(timezone.now()) == RoomStatus.CLOSED
        return {} if is_closed else self.recipe(room)


def _shifted(room: Room, name: str, seconds: int) -> Any:
    time = getattr(room, name)
    try:
        return time and time + timedelta(seconds=seconds)
    except OverflowError:
        # The rule of the field refuses the last year of the calendar.
        return time.max.replace(microsecond=0, tzinfo=time.tzinfo)


def _parts(change: Any) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    known = {"set": dict, "clear": list, "shift": dict}
    if not isinstance(change, dict) or not change or change.keys() - known.keys():
        raise _wrong("change", "must be an object of set, clear and shift", change)
    for name, kind in known.items():
        if not isinstance(change.get(name, kind()), kind):
            raise _wrong(f"change.{name}", f"must be {_KINDS[kind]}", change[name])
    clears = change.get("clear", [])
    if not all(isinstance(name, str) for name in clears):
        raise _wrong("change.clear", "must be a list of names", clears)
    return change.get("set", {}), clears, change.get("shift", {})


_KINDS = {dict: "a JSON object", list: "a list"}


def _faults(
    sets: dict[str, Any], clears: list[str], shifts: dict[str, Any]
) -> dict[str, ValidationError]:
    faults: dict[str, ValidationError] = {}
    named = Counter([*sets, *clears, *shifts])
    for name, times in named.items():
        if times > 1:
            faults[name] = _twice(name)
    for name in clears:
        if name not in SETTINGS:
            faults[name] = unknown_parameter(name)
    for name, seconds in shifts.items():
        problem = _shift_fault(name, seconds)
        if problem:
            faults[name] = problem
    return faults


def _shift_fault(name: str, seconds: Any) -> ValidationError | None:
    if name not in SCHEDULE:
        return ValidationError(
            f"{name} cannot be shifted: only {', '.join(SCHEDULE)} can.", code="unknown_parameter"
        )
    rule = (
        f"must be shifted by a whole number of seconds from -{FURTHEST_SHIFT} to {FURTHEST_SHIFT}"
    )
    # In JSON 60.0 is 60.
    if not (type(seconds) is int or (type(seconds) is float and seconds.is_integer())):
        return fault(name, "not_an_integer", rule, seconds)
    if not -FURTHEST_SHIFT <= seconds <= FURTHEST_SHIFT or seconds == 0:
        return fault(name, "invalid_parameter", rule, seconds)
    return None


def _twice(name: str) -> ValidationError:
    return ValidationError(f"{name} is named twice in change.", code="invalid_parameter")


def _wrong(attribute: str, rule: str, value: Any) -> ValidationError:
    return ValidationError({attribute: fault(attribute, "invalid_parameter", rule, value)})
