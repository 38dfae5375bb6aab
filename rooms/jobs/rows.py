"""The rooms of a job: tried, changed as they were shown, and each one's fate noted in its row."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from access.staff.limits import visible_to
from access.values.faults import shown
from access.values.timestamps import parse_timestamp
from rooms.bulk.csv_files import CsvRow
from rooms.bulk.engine import CHUNK, Bulk, Mode, Result, RowOutcome
from rooms.bulk.import_plan import RowEdit, as_new
from rooms.bulk.recipes import Recipe
from rooms.changes.reverts import CONFLICT, reverts_from
from rooms.changes.validation import Edit, Values, as_json
from rooms.jobs.create import changes_of, faults_as_json
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, AuthorKind, Door
from rooms.models.job import Job, JobKind, JobRow
from rooms.rules.json_values import same_json

DOORS = {JobKind.CHANGE: Door.BULK, JobKind.IMPORT: Door.CSV, JobKind.UNDO: Door.REVERT}
WOULD_MOVE = (RowOutcome.CHANGED.value, RowOutcome.CREATED.value)

Tried = list[tuple[JobRow, Result]]


class AsShown:
    """The edit that a preview showed; refuses a room whose fields are no longer as they were."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes

    def __call__(self, room: Room) -> Values:
        now = {name: as_json(name, (getattr(room, name),))[0] for name in self.changes}
        # What has become so by itself is fine.
        faults = {
            name: _changed_meanwhile(name, now[name])
            for name, pair in self.changes.items()
            if not any(same_json(now[name], value) for value in pair)
        }
        if faults:
            raise ValidationError(faults)
        return {name: after for name, (_, after) in self.changes.items()}


def _changed_meanwhile(name: str, now: Any) -> ValidationError:
    return ValidationError(
        f"{name} was changed since the preview and is now {shown(now)}: look at the room again.",
        code="stale",
    )


def moving(job: Job) -> Any:
    return job.rooms.filter(outcome__in=WOULD_MOVE)


def batches(rows: Any) -> Iterator[list[JobRow]]:
    last = -1
    while batch := list(rows.filter(number__gt=last)[:CHUNK]):
        yield batch
        last = batch[-1].number


def wanted(job: Job, rows: list[JobRow]) -> dict[int, Edit]:
    """Return what is wanted of each row, by its number: an edit, or the values of a new room."""
    if job.kind == JobKind.CHANGE:
        return dict.fromkeys((row.number for row in rows), Recipe.read(job.request["change"]))
    if job.kind == JobKind.IMPORT:
        return {row.number: _from_file(row) for row in rows}
    ids = [row.room_id for row in rows]
    moved = changes_of(job.owner, UUID(job.request["bulk"])).filter(room_id__in=ids)
    reverts = reverts_from(moved, override=job.request["override"])
    # Where the history was pruned meanwhile there is nothing to put back.
    return {row.number: reverts.get(row.room_id, {}) for row in rows}


def _from_file(row: JobRow) -> Edit:
    told = CsvRow.from_json(row.sent)
    return RowEdit(told) if row.room_id else as_new(told)


def as_shown(rows: list[JobRow]) -> dict[int, Edit]:
    return {row.number: _shown_edit(row) for row in rows}


def _shown_edit(row: JobRow) -> Edit:
    if row.outcome == RowOutcome.CREATED:
        return {name: after for name, (_, after) in row.changes.items()}
    return AsShown(row.changes)


def tried(job: Job, rows: list[JobRow], edits: dict[int, Edit], *, dry_run: bool) -> Tried:
    """Change the rooms of some rows, or only try to; return each row with its result."""
    bulk = Bulk(_rooms(job), _author(job), job.pk, Mode.VALID, dry_run)
    of_rooms = {row.room_id: edits[row.number] for row in rows if row.room_id}
    numbers = {row.room_id: row.number for row in rows if row.room_id}
    new = ((row.number, edits[row.number]) for row in rows if not row.room_id)
    found: dict[int | None, Result] = {}

    def report(result: Result) -> None:
        found[result.line] = result

    stages = [*bulk.changing([of_rooms] if of_rooms else [], numbers)]
    if job.kind == JobKind.IMPORT:
        stages += bulk.creating(UUID(job.request["project"]), new)
    bulk.run(stages, report)
    return [(row, found[row.number]) for row in rows]


def apply(job: Job, rows: list[JobRow]) -> None:
    result_counts = Counter(job.result_counts)
    for row, result in tried(job, rows, as_shown(rows), dry_run=False):
        row.result, row.version = result.outcome.value, result.version
        row.room_id = result.room_id or row.room_id
        row.faults = faults_as_json(result.refusal) if result.refusal else []
        result_counts[row.result] += 1
    keep(rows, "result", "version", "room_id")
    job.result_counts = dict(result_counts)


def refuse(row: JobRow, result: Result) -> JobRow:
    row.result, row.faults = RowOutcome.REFUSED.value, faults_as_json(result.refusal)
    return row


def note(job: Job, row: JobRow, result: Result) -> None:
    row.outcome, row.name = result.outcome.value, result.name or row.name
    row.version, row.is_live = result.version, result.is_live
    row.changes = dict(result.changes) if result.changes else None
    row.faults = faults_as_json(result.refusal) if result.refusal else []
    shifts = job.request.get("change", {}).get("shift", {})
    row.crosses_clock = any(
        _crosses_clock(ZoneInfo(job.zone), *pair)
        for name, pair in (row.changes or {}).items()
        if name in shifts
    )


def _crosses_clock(zone: ZoneInfo, *moments: str) -> bool:
    local = [parse_timestamp(moment).astimezone(zone) for moment in moments]
    return len({moment.utcoffset() for moment in local}) > 1


def traits(row: JobRow) -> list[str]:
    moves = row.outcome in WOULD_MOVE
    traits = {
        row.outcome: True,
        "live": moves and row.is_live,
        "clock": moves and row.crosses_clock,
        CONFLICT: any(code == CONFLICT for _, _, code in row.faults),
    }
    return [trait for trait, holds in traits.items() if holds]


def keep(rows: list[JobRow], *fields: str) -> None:
    # The rows are there, so each insert becomes an update, as in rooms/changes/engine.py.
    JobRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=[*fields, "faults"]
    )


def _rooms(job: Job) -> RoomQuerySet:
    rooms = Room.objects.filter(visible_to(job.owner))
    # A file is about one project: the id of another's room is none there.
    return rooms.filter(project=job.request["project"]) if job.kind == JobKind.IMPORT else rooms


def _author(job: Job) -> Author:
    return Author(
        AuthorKind.USER,
        str(job.owner_id),
        job.owner.get_username(),
        DOORS[JobKind(job.kind)],
        job.request_id,
    )
