"""The one way to change a room: hold, compare, judge, write what moved, record, commit.

The API, forms, the admin, bulk changes, CSV, reverts and commands call these functions.
No other code writes a Room: tests/rooms/changes/test_one_write_path.py checks the source.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from operator import attrgetter
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.values.faults import shown
from rooms.changes.audit import notify, record
from rooms.changes.sql import MANAGED, single_statement, write_change, write_changes
from rooms.changes.validation import (
    WRITABLE,
    Change,
    Edit,
    Faults,
    Values,
    fill_new_room,
    validate_change,
)
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Action, Author, RoomChange
from rooms.rules.constraints import rule_of

log = logging.getLogger(__name__)

# Says whether the room that was found is one the caller is willing to change.
Precondition = Callable[[Room], bool]


class Stale(Exception):
    """The room is not the one that the caller saw; `room` is what it is now."""

    def __init__(self, room: Room) -> None:
        super().__init__(f"room {room.pk} is at version {room.version}")
        self.room = room


class RoomIsLive(Exception):
    """A session is in progress, so the room cannot be deleted."""


def create_room(
    project_id: UUID,
    values: Values,
    *,
    by: Author,
    bulk_id: UUID | None = None,
    dry_run: bool = False,
) -> Change:
    """Make a room of `values` (name required, the rest as in change_room) in a project.

    Raises ValidationError with every fault at once; then nothing is written.
    """
    change = _begun(project_id, values, _taken(project_id, [values]))
    if dry_run:
        return change
    try:
        with transaction.atomic():
            change.room.save(force_insert=True)
            record([_entry(Action.CREATED, change, by, bulk_id)])
    except IntegrityError:
        # Another caller took the name since it was looked up.
        faults = _name_faults(values, _taken(project_id, [values]))
        if not faults:
            raise
        raise ValidationError(faults) from None
    return change


def create_chunk(
    project_id: UUID,
    rows: Sequence[Values],
    *,
    by: Author,
    bulk_id: UUID,
    unless_refused: bool = False,
    dry_run: bool = False,
) -> list[Change | ValidationError]:
    """Make some rooms in a project, with few statements whatever their number.

    Returns for each what became of it or why it was refused; with `unless_refused`, one refusal
    keeps all of them unmade.
    """
    taken = _taken(project_id, rows)
    results = [_or_refused(partial(_begun, project_id, values, taken)) for values in rows]
    changes = [result for result in results if isinstance(result, Change)]
    if dry_run or (unless_refused and len(changes) < len(rows)):
        return results
    try:
        with transaction.atomic():
            # By name: two of these at once never wait for each other's names in a circle.
            rooms = sorted((change.room for change in changes), key=attrgetter("name"))
            Room.objects.bulk_create(rooms)
            record([_entry(Action.CREATED, change, by, bulk_id) for change in changes])
    except IntegrityError:
        # Another caller took one of the names: room by room it is found which.
        make = partial(create_room, project_id, by=by, bulk_id=bulk_id)
        return [_or_refused(partial(make, values)) for values in rows]
    return results


def change_room(
    rooms: RoomQuerySet,
    room_id: UUID | str,
    edit: Edit,
    *,
    by: Author,
    unless_stale: Precondition | None = None,
    if_stale: Edit | None = None,
    dry_run: bool = False,
) -> Change:
    """Change the room `room_id` among `rooms` and return what moved.

    Only the fields named are judged as sent and written if they moved; the whole room
    is judged as it would become. A change that moves nothing writes nothing, and so does
    a dry run. Raises Room.DoesNotExist, Stale (when the precondition does not hold and there
    is no edit for that case) and ValidationError (with every fault at once); then nothing is
    written.
    """

    def change_of(room: Room) -> Change:
        if unless_stale and not unless_stale(room):
            if if_stale is None:
                raise Stale(room)
            return validate_change(room, if_stale)
        return validate_change(room, edit)

    if dry_run:
        return change_of(rooms.found(room_id))
    if single_statement():
        change = _changed_at_once(rooms.found(room_id), change_of, by)
        if change is not None:
            return change
        # config/monitoring/logs.py counts these.
        log.debug("Room %s has moved on since it was read, and is waited for.", room_id)
    with transaction.atomic():
        room = _locked(rooms).get(pk=room_id)
        change = change_of(room)
        if change.moved:
            # Only the fields that moved: a full save would undo a concurrent edit.
            change.room.save(update_fields=[*change.moved, *MANAGED])
            record([_entry(Action.CHANGED, change, by)], room.is_listened_to)
        return change


def change_chunk(
    rooms: RoomQuerySet,
    edits: Mapping[UUID, Edit],
    *,
    by: Author,
    bulk_id: UUID,
    unless_refused: bool = False,
    dry_run: bool = False,
) -> list[tuple[Room, Change | ValidationError]]:
    """Change some rooms, each by its own edit, with few statements whatever their number.

    The rows are locked in the order of their ids: two of these at once never wait for
    each other in a circle. Returns each room that was found with its change or with why
    it was refused; with `unless_refused`, one refusal keeps all of them unwritten.
    """
    with transaction.atomic():
        found = _locked(rooms).filter(pk__in=edits).order_by("pk")
        results = [
            (room, _or_refused(partial(validate_change, room, edits[room.pk]))) for room in found
        ]
        changes = [change for _, change in results if isinstance(change, Change)]
        refused = len(changes) < len(results)
        if not (dry_run or (unless_refused and refused)):
            _write([change for change in changes if change.moved], by, bulk_id)
    return results


def delete_room(
    rooms: RoomQuerySet,
    room_id: UUID | str,
    *,
    by: Author,
    unless_stale: Precondition | None = None,
    dry_run: bool = False,
) -> None:
    """Delete the room `room_id` among `rooms`; its past sessions and its history stay.

    A dry run deletes nothing. Raises Room.DoesNotExist, Stale, and RoomIsLive while a session
    is in progress.
    """
    with transaction.atomic():
        room = _locked(rooms).get(pk=room_id)
        if unless_stale and not unless_stale(room):
            raise Stale(room)
        if room.active_session:
            raise RoomIsLive
        if dry_run:
            return
        moved = {name: (getattr(room, name), None) for name in WRITABLE}
        room.version += 1
        record([_entry(Action.DELETED, Change(room, moved), by)], room.is_listened_to)
        try:
            room.delete()
        except IntegrityError:
            # Somebody joined while this waited for the row: the database keeps their room.
            raise RoomIsLive from None


def _changed_at_once(room: Room, change_of: Callable[[Room], Change], by: Author) -> Change | None:
    """Change a room as it was read, unless it has moved on since: then return None.

    Its version stands for the lock: the one statement that writes takes the row only as it
    was read. Who comes second waits for the row, like everybody who has something more to write.
    """
    change = change_of(room)
    if not change.moved:
        return change
    entry = _entry(Action.CHANGED, change, by)
    if not room.is_listened_to:
        return change if write_change(change, entry) else None
    with transaction.atomic():
        if not write_change(change, entry):
            return None
        notify([entry])
    return change


def _locked(rooms: RoomQuerySet) -> RoomQuerySet:
    return rooms.in_full().select_for_update(of=("self",))


def _or_refused(make: Callable[[], Change]) -> Change | ValidationError:
    try:
        return make()
    except ValidationError as refusal:
        return refusal


def _write(changes: list[Change], by: Author, bulk_id: UUID) -> None:
    if changes and single_statement():
        write_changes(changes, _entry(Action.CHANGED, changes[0], by, bulk_id))
        told = [change for change in changes if change.room.is_listened_to]
        if told:
            notify([_entry(Action.CHANGED, change, by, bulk_id) for change in told])
    elif changes:
        write_by_orm(changes, by, bulk_id)


def write_by_orm(changes: list[Change], by: Author, bulk_id: UUID) -> None:
    """Write changes of locked rooms where one statement cannot."""
    moved = {name for change in changes for name in change.moved}
    # The rows are locked and there, so each insert becomes an update: one statement of plain
    # values, which takes a quarter of the time of bulk_update's CASE for every field and row.
    Room.objects.bulk_create(
        [change.room for change in changes],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*sorted(moved), *MANAGED],
    )
    record(
        [_entry(Action.CHANGED, change, by, bulk_id) for change in changes],
        any(change.room.is_listened_to for change in changes),
    )


def _entry(action: Action, change: Change, by: Author, bulk_id: UUID | None = None) -> RoomChange:
    room = change.room
    return RoomChange(
        at=room.updated_at if action != Action.DELETED else timezone.now(),
        project_id=room.project_id,
        room_id=room.pk,
        room_name=room.name,
        version=room.version,
        action=action,
        changes=change.as_json(),
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name,
        door=by.door,
        request_id=by.request_id,
        bulk_id=bulk_id,
    )


def _begun(project_id: UUID, values: Values, taken: set[str]) -> Change:
    # Null until the name, which it stands for, is known.
    room = Room(project_id=project_id, **{"display_name": None})
    room.updated_at = room.created_at
    fill_new_room(room, values, _name_faults(values, taken))
    taken.add(room.name)
    return Change(room, {name: (None, getattr(room, name)) for name in WRITABLE})


def _name_faults(values: Values, taken: Collection[str]) -> Faults:
    name = values.get("name")
    if "name" not in values:
        error = ValidationError(_("name is required."), code="missing_required_parameter")
    elif isinstance(name, str) and name in taken:
        error = ValidationError(
            _("name must be unique in its project: there is a room {name} already.").format(
                name=shown(name)
            ),
            code="not_unique_within_project",
        )
    else:
        return {}
    return {"name": [error]}


def _taken(project_id: UUID, rows: Sequence[Values]) -> set[str]:
    """Return those names of new rooms that a room of the project has already."""
    # A name that no rule would pass (a NUL, say) is not worth asking a database about.
    rule = rule_of(Room, "name")
    names = [values.get("name") for values in rows]
    fine = [name for name in names if isinstance(name, str) and rule and rule.holds(name)]
    found = Room.objects.filter(project_id=project_id, name__in=fine)
    # None is asked after without a statement.
    return set(found.values_list("name", flat=True))
