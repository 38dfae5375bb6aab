"""Putting back what a change moved: itself a change like any other."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.values.faults import shown
from rooms.changes.validation import SETTINGS, Edit, Values, as_json
from rooms.models import Room
from rooms.models.history import Action, RoomChange
from rooms.rules.json_values import same_json

CONFLICT = "changed_since"


class Revert:
    """An edit that reverts changes of one room: each field gets its value before the first one.

    Rejects a field that a later change moved, unless `override`.
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
            name: _changed_since(name, value)
            for name, value in now.items()
            # A field with its earlier value has been reverted already.
            if not any(same_json(value, was) for was in (self.after[name], self.before[name]))
        }
        if moved_since and not self.override:
            raise ValidationError(moved_since)
        return {name: self.before[name] for name in now}

    def _settings(self) -> list[str]:
        return [name for name in self.before if name in SETTINGS]


def _changed_since(name: str, now: Any) -> ValidationError:
    return ValidationError(
        _("{name} was changed since and is now {now}: override to revert it anyway.").format(
            name=name, now=shown(now)
        ),
        code=CONFLICT,
    )


def refuse_created_room(room: Room) -> Values:
    """Reject, as an edit, the revert of a change that created the room."""
    raise ValidationError(
        {
            "id": ValidationError(
                _("{name} was created by this change: delete the room instead.").format(
                    name=room.name
                ),
                code="invalid_parameter",
            )
        }
    )


def reverts_of(bulk_id: UUID, project_id: UUID, *, override: bool) -> dict[UUID, Edit]:
    """Return the edits that revert a bulk change, by room id."""
    changes = RoomChange.objects.filter(bulk_id=bulk_id, project_id=project_id)
    return reverts_from(changes, override=override)


def reverts_from(changes: QuerySet[RoomChange], *, override: bool) -> dict[UUID, Edit]:
    """Return the edits that revert history entries, by room id."""
    entries = defaultdict(list)
    edits: dict[UUID, Edit] = {}
    for entry in changes.iterator():
        if entry.action == Action.CREATED:
            edits[entry.room_id] = refuse_created_room
        else:
            entries[entry.room_id].append(entry)
    reverts = {room_id: Revert(of, override=override) for room_id, of in entries.items()}
    return reverts | edits
