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
        _(
            "{name} was changed since and is now {now}: override to put it back all the same."
        ).format(name=name, now=shown(now)),
        code=CONFLICT,
    )


def was_created(room: Room) -> Values:
    """Refuse, as an edit, to put back a room that the change itself made."""
    raise ValidationError(
        {
            "id": ValidationError(
                _("{name} was created then: only changes are put back. Delete it instead.").format(
                    name=room.name
                ),
                code="invalid_parameter",
            )
        }
    )


def reverts_of(bulk_id: UUID, project_id: UUID, *, override: bool) -> dict[UUID, Edit]:
    """Return what undoes one bulk change, by the ids of its rooms."""
    changes = RoomChange.objects.filter(bulk_id=bulk_id, project_id=project_id)
    return reverts_from(changes, override=override)


def reverts_from(changes: QuerySet[RoomChange], *, override: bool) -> dict[UUID, Edit]:
    """Return what undoes some entries of the history, by the ids of their rooms."""
    entries = defaultdict(list)
    edits: dict[UUID, Edit] = {}
    for entry in changes.iterator():
        if entry.action == Action.CREATED:
            edits[entry.room_id] = was_created
        else:
            entries[entry.room_id].append(entry)
    reverts = {room_id: Revert(of, override=override) for room_id, of in entries.items()}
    return reverts | edits
