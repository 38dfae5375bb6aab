"""What two people changed at once, field by field: base, theirs, yours (a three-way merge)."""

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
    """One field, as JSON: at the version that the caller saw, now, and as the caller wants it."""

    base: Any
    theirs: Any
    yours: Any

    @property
    def overlaps(self) -> bool:
        """Say whether both moved it, and not to the same value."""
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
    """Return each field that the caller or somebody else moved since `base_version`.

    `room` is what is stored now. None when the history does not reach back so far, or when
    what the caller asks for is not even of the right types.
    """
    base = _base(room, base_version)
    yours = _wanted(room, edit)
    if base is None or yours is None:
        return None
    found = {}
    for name in dict.fromkeys((*base, *yours)):
        now = as_json(name, (getattr(room, name),))[0]
        then = base.get(name, now)
        # A field that the caller did not send is, to the caller, as it was.
        found[name] = Difference(base=then, theirs=now, yours=yours.get(name, then))
    return {name: one for name, one in found.items() if one.is_yours or one.is_theirs}


def merging(base_version: int, edit: Edit) -> Callable[[Room], Values]:
    """Return the edit that moves only what the caller moved since `base_version`.

    Raises Stale where the two edits overlap, or where the base is not known.
    """

    def merged(room: Room) -> Values:
        found = differences(room, base_version, edit)
        if found is None or any(one.overlaps for one in found.values()):
            raise Stale(room)
        return {name: one.yours for name, one in found.items() if one.is_yours}

    return merged


def _base(room: Room, version: int) -> dict[str, Any] | None:
    """Return what the fields that moved since `version` were then, as JSON."""
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
