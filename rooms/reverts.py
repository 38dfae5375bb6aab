"""Putting back what a change moved: itself a change like any other."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from rooms.changes import SETTINGS, Values, as_json
from rooms.history import Action, RoomChange
from rooms.models import Room
from rooms.rules import same_json, shown

CONFLICT = "changed_since"


class Revert:
    """The edit that undoes some changes of one room: each field goes back to what it was before
    the first of them. Refuses a field that a later change moved, unless `override`.
    """

    def __init__(self, entries: Iterable[RoomChange], *, override: bool = False) -> None:
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.override = override
        for entry in sorted(entries, key=lambda entry: entry.version):
            for name, (before, after) in entry.changes.items():
                self.before.setdefault(name, before)
                self.after[name] = after

    def __call__(self, room: Room) -> Values:
        now = {name: as_json(name, (getattr(room, name),))[0] for name in self._settings()}
        moved_since = {
            name: changed_since(name, value)
            for name, value in now.items()
            # What is as it was before has been put back already.
            if not any(same_json(value, was) for was in (self.after[name], self.before[name]))
        }
        if moved_since and not self.override:
            raise ValidationError(moved_since)
        return {name: self.before[name] for name in now}

    def _settings(self) -> list[str]:
        return [name for name in self.before if name in SETTINGS]


def changed_since(name: str, now: Any) -> ValidationError:
    return ValidationError(
        f"{name} was changed since and is now {shown(now)}: override to put it back all the same.",
        code=CONFLICT,
    )


def reverts_of(bulk_id: UUID, project_id: UUID, *, override: bool) -> dict[UUID, Revert]:
    """Return the reverts of one bulk change, by the ids of its rooms."""
    entries = defaultdict(list)
    changes = RoomChange.objects.filter(
        bulk_id=bulk_id, project_id=project_id, action=Action.CHANGED
    )
    for entry in changes.iterator():
        entries[entry.room_id].append(entry)
    return {room_id: Revert(of_room, override=override) for room_id, of_room in entries.items()}
