"""The one way to change a room: lock, compare, judge, write what moved, record, commit.

Every door (API, form, admin, bulk action, CSV, revert, command) calls these functions;
nothing else writes a Room, and tests/test_one_hallway.py walks the source to keep it so.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rooms.history import Action, Author, RoomChange
from rooms.models import Room, RoomQuerySet
from rooms.records import record
from rooms.rules import rule_of, shown

FIELDS: dict[str, Any] = {field.name: field for field in Room._meta.concrete_fields}
# Everything a caller may set on a room that exists.
SETTINGS = tuple(name for name, field in FIELDS.items() if field.editable and name != "name")

Values = Mapping[str, Any]
# What to set: the values, or a function from the locked room to the values.
Edit = Values | Callable[[Room], Values]
Faults = dict[str, list[ValidationError]]
# Says whether the room that was found is one the caller is willing to change.
Precondition = Callable[[Room], bool]


class Stale(Exception):
    """The room is not the one that the caller saw; `room` is what it is now."""

    def __init__(self, room: Room) -> None:
        super().__init__(f"room {room.pk} is at version {room.version}")
        self.room = room


class RoomIsLive(Exception):
    """A session is in progress, so the room cannot be deleted."""


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
    # Null until the name, which it stands for, is known.
    room = Room(project_id=project_id, **{"display_name": None})
    room.updated_at = room.created_at
    faults = {**_set(room, values, allowed=("name", *SETTINGS)), **_name_faults(room, values)}
    # A display_name that was left out becomes the name, whose own faults are told anyway.
    _judge(room, faults, exclude={"project"} | ({"name", "display_name"} - values.keys()))
    change = Change(room, {name: (None, getattr(room, name)) for name in ("name", *SETTINGS)})
    if dry_run:
        return change
    try:
        with transaction.atomic():
            room.save(force_insert=True)
            record([_entry(Action.CREATED, change, by, bulk_id)])
    except IntegrityError:
        # Another caller took the name since it was looked up.
        faults = _name_faults(room, values)
        if not faults:
            raise
        raise ValidationError(faults) from None
    return change


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
    with transaction.atomic():
        room = _locked(rooms).get(pk=room_id)
        if unless_stale and not unless_stale(room):
            if if_stale is None:
                raise Stale(room)
            edit = if_stale
        change = judged(room, edit)
        if change.moved and not dry_run:
            # Only the fields that moved: a full save would undo a concurrent edit.
            change.room.save(update_fields=[*change.moved, "version", "updated_at"])
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
        results = [(room, _judged_or_refused(room, edits[room.pk])) for room in found]
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
        moved = {name: (getattr(room, name), None) for name in ("name", *SETTINGS)}
        room.version += 1
        record([_entry(Action.DELETED, Change(room, moved), by)], room.is_listened_to)
        try:
            room.delete()
        except IntegrityError:
            # Somebody joined while this waited for the row: the database keeps their room.
            raise RoomIsLive from None


def judged(room: Room, edit: Edit) -> Change:
    """Return what `edit` would make of `room`, unwritten; raises ValidationError."""
    values = edit(room) if callable(edit) else edit
    # A copy is judged: the row in hand stays what it was, for the history and for errors.
    candidate = copy.copy(room)
    faults = _set(candidate, values, allowed=SETTINGS)
    _judge(candidate, faults, exclude={"project", "name"})
    moved = _moved(room, candidate, values)
    if not moved:
        return Change(room)
    candidate.version = room.version + 1
    # Clocks of two servers differ; a room's own time never runs back.
    candidate.updated_at = max(timezone.now(), room.updated_at)
    return Change(candidate, moved)


def judge_alone(values: Values) -> None:
    """Judge values that are meant for many rooms, as far as no room is needed for it."""
    others = FIELDS.keys() - values.keys()
    # Named, because null stands for the name in display_name.
    sample = Room(name="sample")
    _judge(sample, _set(sample, values, allowed=SETTINGS), exclude=set(others))


def _locked(rooms: RoomQuerySet) -> RoomQuerySet:
    return rooms.with_active_session().with_listening().select_for_update(of=("self",))


def _judged_or_refused(room: Room, edit: Edit) -> Change | ValidationError:
    try:
        return judged(room, edit)
    except ValidationError as refusal:
        return refusal


def _write(changes: list[Change], by: Author, bulk_id: UUID) -> None:
    if not changes:
        return
    moved = {name for change in changes for name in change.moved}
    # The rows are locked and there, so each insert becomes an update: one statement of plain
    # values, which takes a quarter of the time of bulk_update's CASE for every field and row.
    Room.objects.bulk_create(
        [change.room for change in changes],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*sorted(moved), "version", "updated_at"],
    )
    record(
        [_entry(Action.CHANGED, change, by, bulk_id) for change in changes],
        any(change.room.is_listened_to for change in changes),
    )


def _set(room: Room, values: Values, allowed: tuple[str, ...]) -> Faults:
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


def _judge(room: Room, faults: Faults, exclude: set[str]) -> None:
    try:
        room.full_clean(exclude=exclude, validate_unique=False)
    except ValidationError as found:
        faults = {**faults, **found.error_dict}
    if faults:
        raise ValidationError(faults)


def _moved(before: Room, after: Room, values: Values) -> dict[str, tuple[Any, Any]]:
    moved = {}
    for name in values:
        if name in SETTINGS and _stored(before, name) != _stored(after, name):
            moved[name] = (getattr(before, name), getattr(after, name))
    return moved


def _stored(room: Room, name: str) -> Any:
    # As the database keeps it: to Python {"a": 1} and {"a": true} are equal.
    return FIELDS[name].get_prep_value(getattr(room, name))


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


def _name_faults(room: Room, values: Values) -> Faults:
    name = values.get("name")
    if "name" not in values:
        error = ValidationError(_("name is required."), code="missing_required_parameter")
    elif isinstance(name, str) and _is_taken(room.project_id, name):
        error = ValidationError(
            _("name must be unique in its project: there is a room {name} already.").format(
                name=shown(name)
            ),
            code="not_unique_within_project",
        )
    else:
        return {}
    return {"name": [error]}


def _is_taken(project_id: UUID, name: str) -> bool:
    # A name that no rule would pass (a NUL, say) is not worth asking a database about.
    rule = rule_of(Room, "name")
    return (
        bool(rule and rule.holds(name))
        and Room.objects.filter(project_id=project_id, name=name).exists()
    )
