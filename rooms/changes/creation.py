"""Create rooms, one alone or a chunk of them, with their history."""

from collections.abc import Collection, Sequence
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Min, Q
from django.utils.translation import gettext as _

from access.values.faults import fault, missing_parameter, shown
from access.values.identifiers import looks_like_uuid
from rooms.changes.audit import history_entry, record
from rooms.changes.validation import (
    WRITABLE,
    Change,
    Faults,
    Values,
    change_or_fault,
    fill_new_room,
)
from rooms.models import Room
from rooms.models.history import Action, Author, RoomChange
from rooms.rules.constraints import rule_of


def create_room(
    project_id: UUID,
    values: Values,
    *,
    by: Author,
    bulk_id: UUID | None = None,
    auto_created: bool = False,
    dry_run: bool = False,
) -> Change:
    """Create a room in a project from `values`: a name, and settings as in change_room.

    `auto_created` marks the room as one that a room token made. Raises ValidationError with all
    faults; then nothing is written.
    """
    change = _new_room(project_id, values, _used_names(project_id, [values]))
    change.room.auto_created = auto_created
    if dry_run:
        return change
    try:
        with transaction.atomic():
            change.room.save(force_insert=True)
            record([history_entry(Action.CREATED, change, by, bulk_id)])
    except IntegrityError:
        # Another request has used the name since this one looked it up.
        faults = _name_faults(values, _used_names(project_id, [values]))
        if not faults:
            raise
        raise ValidationError(faults) from None
    return change


class RoomExists(Exception):
    """The deleted room was restored already."""


def restore_room(deletion: RoomChange, *, by: Author, dry_run: bool = False) -> Change:
    """Create a deleted room again, with its id, its past sessions and its last settings.

    Its history goes on with the next version. Raises RoomExists, and ValidationError with all
    faults, for example if another room has its name; then nothing is written.
    """
    if Room.objects.filter(pk=deletion.room_id).exists():
        raise RoomExists
    settings = {n: before for n, (before, _) in deletion.changes.items() if n in WRITABLE}
    project_id = deletion.project_id
    change = _new_room(project_id, settings, _used_names(project_id, [settings]))
    _continue_history(change.room, deletion.room_id)
    if dry_run:
        return change
    try:
        with transaction.atomic():
            change.room.save(force_insert=True)
            _take_sessions_back(change.room)
            record([history_entry(Action.CREATED, change, by)])
    except IntegrityError:
        # Another request has restored it, or used its name, in the meantime: say which.
        restore_room(deletion, by=by, dry_run=True)
        raise
    return change


def _continue_history(room: Room, room_id: UUID) -> None:
    created = Min("at", filter=Q(action=Action.CREATED))
    known = RoomChange.objects.filter(room_id=room_id).aggregate(last=Max("version"), at=created)
    room.pk, room.version = room_id, known["last"] + 1
    room.created_at = known["at"] or room.created_at


def _take_sessions_back(room: Room) -> None:
    """Undo what the deletion did to the past sessions; an index finds them by their name."""
    sessions: Any = Room.sessions.rel.related_model
    former = sessions.objects.filter(
        project=room.project_id, name=room.name, former_room_id=room.pk
    )
    former.update(room=room, former_room_id=None, version=F("version") + 1)


def create_chunk(
    project_id: UUID,
    rows: Sequence[Values],
    *,
    by: Author,
    bulk_id: UUID,
    unless_refused: bool = False,
    dry_run: bool = False,
) -> list[Change | ValidationError]:
    """Create rooms in a project, with the same few statements for any number of them.

    Returns the change or the fault of each row. If `unless_refused`, one fault prevents all
    of them.
    """
    used = _used_names(project_id, rows)
    results = [change_or_fault(partial(_new_room, project_id, values, used)) for values in rows]
    changes = [result for result in results if isinstance(result, Change)]
    if dry_run or (unless_refused and len(changes) < len(rows)):
        return results
    try:
        with transaction.atomic():
            # Sorted by name, two chunks that share names cannot deadlock.
            rooms = sorted((change.room for change in changes), key=attrgetter("name"))
            Room.objects.bulk_create(rooms)
            record([history_entry(Action.CREATED, change, by, bulk_id) for change in changes])
    except IntegrityError:
        # Another request has used one of the names: creating each room alone shows which one.
        create = partial(create_room, project_id, by=by, bulk_id=bulk_id)
        return [change_or_fault(partial(create, values)) for values in rows]
    return results


def _new_room(project_id: UUID, values: Values, used: set[str]) -> Change:
    # display_name is null until the name, which replaces null, is known.
    room = Room(project_id=project_id, **{"display_name": None})
    room.updated_at = room.created_at
    fill_new_room(room, values, _name_faults(values, used))
    used.add(room.name)
    return Change(room, {name: (None, getattr(room, name)) for name in WRITABLE})


def _name_faults(values: Values, used: Collection[str]) -> Faults:
    name = values.get("name")
    if "name" not in values:
        error = missing_parameter("name")
    elif isinstance(name, str) and looks_like_uuid(name):
        # A look-up by the id of a deleted room would find this room.
        error = fault("name", "invalid_parameter", _("must not have the form of an id"), name)
    elif isinstance(name, str) and name in used:
        error = ValidationError(
            _("name must be unique in its project: there is a room {name} already.").format(
                name=shown(name)
            ),
            code="not_unique_within_project",
        )
    else:
        return {}
    return {"name": [error]}


def _used_names(project_id: UUID, rows: Sequence[Values]) -> set[str]:
    """Return the names in `rows` that rooms of the project already have."""
    # PostgreSQL raises an error for some invalid names, for example one with a NUL.
    rule = rule_of(Room, "name")
    names = [values.get("name") for values in rows]
    valid = [name for name in names if isinstance(name, str) and rule and rule.holds(name)]
    found = Room.objects.filter(project_id=project_id, name__in=valid)
    # Django sends no statement for an empty list.
    return set(found.values_list("name", flat=True))
