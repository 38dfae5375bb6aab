"""What an edit would make of a room, and whether it may: judged whole, written nowhere."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from rooms.models import Room
from rooms.rules.constraints import Rule

FIELDS: dict[str, Any] = {field.name: field for field in Room._meta.concrete_fields}
# Everything a caller may set on a room that exists.
SETTINGS = tuple(name for name, field in FIELDS.items() if field.editable and name != "name")
# What a new room may be given. What is sent may name any other column, and is told so.
WRITABLE = ("name", *SETTINGS)
RULES = tuple(rule for rule in Room._meta.constraints if isinstance(rule, Rule))

Values = Mapping[str, Any]
# What to set: the values, or a function from the locked room to the values.
Edit = Values | Callable[[Room], Values]
Faults = dict[str, list[ValidationError]]


@dataclass(frozen=True)
class Change:
    """What became of a room: the row as it is now, and each field that moved: (before, after)."""

    room: Room
    moved: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, list[Any]]:
        """Return each field that moved as [before, after], as the history and the API hold it."""
        return {name: as_json(name, pair) for name, pair in self.moved.items()}


def as_json(name: str, values: tuple[Any, ...]) -> list[Any]:
    """Return values of the field `name` as JSON holds them."""
    return [FIELDS[name].to_json(value) for value in values]


def validate_change(room: Room, edit: Edit) -> Change:
    """Return what `edit` would make of `room`, unwritten; raises ValidationError."""
    values = edit(room) if callable(edit) else edit
    # A copy is judged: the row in hand stays what it was, for the history and for errors.
    candidate = _twin(room)
    faults = _set(candidate, values, SETTINGS)
    rules = _rules_on(frozenset(FIELDS.keys() & values.keys()))
    # What stands in a row keeps its rules, or the database had not taken it: only a rule on
    # something that was sent can be broken, be it together with what stands.
    _judge(candidate, faults, sent=values, exclude={"project", "name"}, rules=rules)
    moved = _moved(room, candidate, values)
    if not moved:
        return Change(room)
    candidate.version = room.version + 1
    # Clocks of two servers differ; a room's own time never runs back.
    candidate.updated_at = max(timezone.now(), room.updated_at)
    return Change(candidate, moved)


def fill_new_room(room: Room, values: Values, faults: Faults) -> None:
    """Give a room that is being made its `values`; raises ValidationError, with `faults` too."""
    faults = {**_set(room, values, WRITABLE), **faults}
    # A display_name that was left out becomes the name, whose own faults are told anyway.
    unknown = {"name", "display_name"} - values.keys()
    _judge(room, faults, sent=values, exclude={"project"} | unknown)


def validate_values(values: Values) -> None:
    """Judge values that are meant for many rooms, as far as no room is needed for it."""
    # Named, because null stands for the name in display_name.
    sample = Room(name="sample")
    faults = _set(sample, values, SETTINGS)
    _judge(sample, faults, sent=values, exclude=FIELDS.keys() - values.keys())


def _twin(room: Room) -> Room:
    # As copy.copy does, in a fiftieth of its time; but what Django knows of the row (_state) both
    # share, because neither is given another project.
    twin = Room.__new__(Room)
    twin.__dict__ = room.__dict__.copy()
    return twin


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
    return ValidationError(_("{name} cannot be set.").format(name=name), code="unknown_parameter")


@lru_cache(maxsize=256)
def _rules_on(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if not names.isdisjoint(rule.fields))


def _judge(
    room: Room,
    faults: Faults,
    sent: Collection[str],
    exclude: Collection[str],
    rules: Collection[Rule] = RULES,
) -> None:
    """Judge what was sent by type and the room by `rules`, but for what is excluded.

    The model's own full_clean says the same, of rows that nobody sent as well, in five times
    the time: what lies in a column is of its type.
    """
    room.put_defaults()
    found = _cleaned(room, [name for name in WRITABLE if name in sent and name not in exclude])
    judged_already = {*exclude, *found}
    for rule in rules:
        if judged_already.isdisjoint(rule.fields):
            found = _with(found, rule, room)
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


def _with(found: Faults, rule: Rule, room: Room) -> Faults:
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
    # As the database keeps it: to Python {"a": 1} and {"a": true} are equal.
    return FIELDS[name].get_prep_value(getattr(room, name))
