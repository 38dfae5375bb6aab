"""Change a chunk of rooms in one transaction."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from rooms.changes.audit import history_entry, notify, record
from rooms.changes.sql import single_statement, write_changes
from rooms.changes.validation import Change, Edit, change_or_fault, validate_change, written
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Action, Author


def change_chunk(
    rooms: RoomQuerySet,
    edits: Mapping[UUID, Edit],
    *,
    by: Author,
    bulk_id: UUID,
    unless_refused: bool = False,
    dry_run: bool = False,
) -> list[tuple[Room, Change | ValidationError]]:
    """Change each room by its own edit, with the same few statements for any number of rooms.

    Rows are locked in the order of their ids, so that two chunks cannot deadlock. Returns each
    room that exists with its change or its fault. If `unless_refused`, one fault prevents all
    changes. A dry run locks nothing, so that it delays no writer.
    """
    if dry_run:
        return _outcomes(rooms.in_full(), edits)
    with transaction.atomic():
        results = _outcomes(rooms.locked(), edits)
        changes = [change for _, change in results if isinstance(change, Change)]
        refused = len(changes) < len(results)
        if not (unless_refused and refused):
            _write([change for change in changes if change.moved], by, bulk_id)
    return results


def _outcomes(
    rooms: RoomQuerySet, edits: Mapping[UUID, Edit]
) -> list[tuple[Room, Change | ValidationError]]:
    return [
        (room, change_or_fault(partial(validate_change, room, edits[room.pk])))
        for room in rooms.filter(pk__in=edits).order_by("pk")
    ]


def _write(changes: list[Change], by: Author, bulk_id: UUID) -> None:
    if changes and single_statement():
        write_changes(changes, history_entry(Action.CHANGED, changes[0], by, bulk_id))
        listened_to = [change for change in changes if change.room.is_listened_to]
        if listened_to:
            notify(history_entry(Action.CHANGED, change, by, bulk_id) for change in listened_to)
    elif changes:
        write_by_orm(changes, by, bulk_id)


def write_by_orm(changes: list[Change], by: Author, bulk_id: UUID) -> None:
    """Write changes of locked rooms on a database without write_changes()."""
    moved = {name for change in changes for name in change.moved}
    # The locked rows exist, so each insert becomes an update: one statement of plain values,
    # in a quarter of the time of bulk_update's CASE for every field and row.
    Room.objects.bulk_create(
        [change.room for change in changes],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=written(moved),
    )
    record(
        [history_entry(Action.CHANGED, change, by, bulk_id) for change in changes],
        any(change.room.is_listened_to for change in changes),
    )
