"""A three-way merge of two concurrent edits, field by field: base, theirs, yours."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from rooms.changes.engine import Stale
from rooms.changes.validation import FIELDS, SETTINGS, Edit, Values, as_json
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.rules.json_values import same_json


@dataclass(frozen=True)
class Difference:
    """A field's JSON values: in the version that the caller read, as stored, and as sent."""

    base: Any
    theirs: Any
    yours: Any

    @property
    def overlaps(self) -> bool:
        """Return whether both edits moved the field, to different values."""
        return self.is_yours and self.is_theirs and not same_json(self.yours, self.theirs)

    @property
    def is_yours(self) -> bool:
        return not same_json(self.yours, self.base)

    @property
    def is_theirs(self) -> bool:
        return not same_json(self.theirs, self.base)

    def as_json(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "theirs": self.theirs,
            "yours": self.yours,
            "overlaps": self.overlaps,
        }


def differences(room: Room, base_version: int, edit: Edit) -> dict[str, Difference] | None:
    """Return each field that the caller or another edit moved since `base_version`.

    `room` is the stored room. Returns None if the history does not go back to that version, or
    if a value of the edit has the wrong type.
    """
    base = _base(room, base_version)
    yours = _wanted(room, edit)
    if base is None or yours is None:
        return None
    found = {}
    for name in dict.fromkeys((*base, *yours)):
        now = as_json(name, (getattr(room, name),))[0]
        then = base.get(name, now)
        # A field that the caller did not send has its old value in the caller's edit.
        found[name] = Difference(base=then, theirs=now, yours=yours.get(name, then))
    return {name: one for name, one in found.items() if one.is_yours or one.is_theirs}


def merged_edit(base_version: int, edit: Edit) -> Callable[[Room], Values]:
    """Return the edit that moves only the fields that the caller moved since `base_version`.

    The edit raises Stale if both edits overlap, or if the base is not known.
    """

    def merged(room: Room) -> Values:
        found = differences(room, base_version, edit)
        if found is None or any(one.overlaps for one in found.values()):
            raise Stale(room)
        return {name: one.yours for name, one in found.items() if one.is_yours}

    return merged


def _base(room: Room, version: int) -> dict[str, Any] | None:
    """Return the JSON values in `version` of the fields that moved since then."""
    if not 1 <= version <= room.version:
        return None
    entries = list(
        RoomChange.objects.filter(
            room_id=room.pk, version__gt=version, version__lte=room.version
        ).order_by("version")
    )
    if len(entries) != room.version - version:
        return None
    base: dict[str, Any] = {}
    for entry in entries:
        for name, (before, _) in entry.changes.items():
            base.setdefault(name, before)
    return base


def _wanted(room: Room, edit: Edit) -> Mapping[str, Any] | None:
    values = edit(room) if callable(edit) else edit
    wanted = copy.copy(room)
    try:
        for name in [name for name in SETTINGS if name in values]:
            setattr(wanted, name, values[name])
        wanted.clean_fields(exclude=FIELDS.keys() - values.keys())
    except ValidationError:
        return None
    return {name: as_json(name, (getattr(wanted, name),))[0] for name in SETTINGS if name in values}
