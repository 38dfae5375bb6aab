"""Validate the room that an edit would make, without writing it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from access.values.faults import unknown_parameter
from rooms.models import Room
from rooms.models.searchable import FOLDED
from rooms.rules.constraints import Rule
from rooms.rules.searching import fold

FIELDS: dict[str, Any] = {field.name: field for field in Room._meta.concrete_fields}
# The fields that an edit of an existing room may set.
SETTINGS = tuple(name for name, field in FIELDS.items() if field.editable and name != "name")
# The fields of a new room; any other key is a fault.
WRITABLE = ("name", *SETTINGS)
# A change of any setting writes these fields, too.
MANAGED = ("version", "updated_at", "auto_created")
RULES = tuple(rule for rule in Room._meta.constraints if isinstance(rule, Rule))

Values = Mapping[str, Any]
# The values to set, or a function that returns them for the stored room.
Edit = Values | Callable[[Room], Values]
Faults = dict[str, list[ValidationError]]


@dataclass(frozen=True)
class Change:
    """The room after a change, and (before, after) for each field that moved."""

    room: Room
    moved: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, list[Any]]:
        """Return [before, after] for each field that moved, as in the history and the API."""
        return {name: as_json(name, pair) for name, pair in self.moved.items()}

    def former_names(self) -> str | None:
        """Return the folded names that the change replaces or deletes, if it does."""
        before, _after = self.moved.get("display_name", (None, None))
        return None if before is None else fold(f"{self.room.name} {before}")


def written(moved: Collection[str]) -> list[str]:
    """Return the fields that a change of the settings `moved` writes."""
    names = {*moved, *MANAGED, *(FOLDED if "display_name" in moved else ())}
    return [name for name in FIELDS if name in names]


def as_json(name: str, values: tuple[Any, ...]) -> list[Any]:
    """Return values of the field `name` as JSON values."""
    return [FIELDS[name].to_json(value) for value in values]


def validate_change(room: Room, edit: Edit) -> Change:
    """Return the change that `edit` would make to `room`; raise ValidationError."""
    values = edit(room) if callable(edit) else edit
    # A copy is validated: the history and errors need the room before the change.
    candidate = _copy(room)
    faults = _set(candidate, values, SETTINGS)
    rules = _rules_on(frozenset(FIELDS.keys() & values.keys()))
    # CHECK constraints hold for the stored values, so only a rule on a sent field can fail.
    _validate(candidate, faults, sent=values, exclude={"project", "name"}, rules=rules)
    moved = _moved(room, candidate, values)
    if not moved:
        return Change(room)
    candidate.version = room.version + 1
    # A worker keeps a room that was edited.
    candidate.auto_created = False
    # updated_at never decreases, even if the clocks of two servers differ.
    candidate.updated_at = max(timezone.now(), room.updated_at)
    return Change(candidate, moved)


def fill_new_room(room: Room, values: Values, faults: Faults) -> None:
    """Set the `values` of a new room; raise ValidationError, which includes `faults`."""
    faults = {**_set(room, values, WRITABLE), **faults}
    # A missing display_name becomes the name, and the name's own faults are reported.
    unknown = {"name", "display_name"} - values.keys()
    _validate(room, faults, sent=values, exclude={"project"} | unknown)


def change_or_fault(make: Callable[[], Change]) -> Change | ValidationError:
    """Return the change that `make` returns, or the ValidationError that it raises."""
    try:
        return make()
    except ValidationError as fault:
        return fault


def validate_values(values: Values) -> None:
    """Validate values for many rooms, as far as this is possible without a room."""
    # The room needs a name, because a null display_name becomes the name.
    sample = Room(name="sample")
    faults = _set(sample, values, SETTINGS)
    _validate(sample, faults, sent=values, exclude=FIELDS.keys() - values.keys())


def _copy(room: Room) -> Room:
    # This takes a fiftieth of copy.copy's time. Both rooms share Django's _state, which is safe
    # because their project stays the same.
    copied = Room.__new__(Room)
    copied.__dict__ = room.__dict__.copy()
    return copied


def _set(room: Room, values: Values, allowed: Collection[str]) -> Faults:
    faults = {}
    for name, value in values.items():
        if name in allowed:
            setattr(room, name, value)
        elif name != "name" or value != room.name:
            faults[name] = [_not_a_setting(name)]
    return faults


def _not_a_setting(name: str) -> ValidationError:
    if name == "name":
        return ValidationError(_("name is fixed once a room is created."), code="invalid_parameter")
    return unknown_parameter(name)


@lru_cache(maxsize=256)
def _rules_on(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if not names.isdisjoint(rule.fields))


def _validate(
    room: Room,
    faults: Faults,
    sent: Collection[str],
    exclude: Collection[str],
    rules: Collection[Rule] = RULES,
) -> None:
    """Validate the types of sent fields and the room's `rules`, except for `exclude`.

    Model.full_clean has the same result in five times the time, because it also validates the
    types of stored values.
    """
    room.put_defaults()
    found = _cleaned(room, [name for name in WRITABLE if name in sent and name not in exclude])
    skipped = {*exclude, *found}
    for rule in rules:
        if skipped.isdisjoint(rule.fields):
            found = _with_rule(found, rule, room)
    if faults or found:
        raise ValidationError({**faults, **found})


def _cleaned(room: Room, names: Collection[str]) -> Faults:
    faults = {}
    for name in names:
        try:
            setattr(room, name, FIELDS[name].clean(getattr(room, name), room))
        except ValidationError as fault:
            faults[name] = fault.error_list
    return faults


def _with_rule(found: Faults, rule: Rule, room: Room) -> Faults:
    try:
        rule.validate(Room, room)
    except ValidationError as fault:
        return fault.update_error_dict(found)
    return found


def _moved(before: Room, after: Room, values: Values) -> dict[str, tuple[Any, Any]]:
    moved = {}
    for name in values:
        if name in SETTINGS and _stored(before, name) != _stored(after, name):
            moved[name] = (getattr(before, name), getattr(after, name))
    return moved


def _stored(room: Room, name: str) -> Any:
    # Database values are compared, because {"a": 1} equals {"a": true} in Python.
    return FIELDS[name].get_prep_value(getattr(room, name))
