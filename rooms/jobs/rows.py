"""Preview and change the rooms of a job, and store the outcome of each room in its row."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from access.staff.limits import visible_to
from access.values.faults import shown
from access.values.timestamps import parse_timestamp
from rooms.bulk.csv_files import CsvRow
from rooms.bulk.engine import CHUNK, Bulk, Mode, Result, RowOutcome
from rooms.bulk.import_plan import RowEdit, as_new
from rooms.bulk.recipes import KeepClosed, Recipe
from rooms.changes.reverts import CONFLICT, reverts_from
from rooms.changes.validation import Edit, Values, as_json
from rooms.jobs.create import changes_of, faults_as_json
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, AuthorKind, Channel
from rooms.models.job import Job, JobKind
from rooms.models.job_row import JobRow
from rooms.rules.json_values import same_json

DOORS = {JobKind.CHANGE: Channel.BULK, JobKind.IMPORT: Channel.CSV, JobKind.UNDO: Channel.REVERT}
CHANGING = (RowOutcome.CHANGED.value, RowOutcome.CREATED.value)

RowResults = list[tuple[JobRow, Result]]


class PreviewedEdit:
    """Changes a room as its preview showed. Refuses it if a field has another value since then."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes

    def __call__(self, room: Room) -> Values:
        now = {name: as_json(name, (getattr(room, name),))[0] for name in self.changes}
        # A field that already has the new value is no conflict.
        faults = {
            name: _stale(name, now[name])
            for name, pair in self.changes.items()
            if not any(same_json(now[name], value) for value in pair)
        }
        if faults:
            raise ValidationError(faults)
        return {name: after for name, (_, after) in self.changes.items()}


def _stale(name: str, now: Any) -> ValidationError:
    sentence = gettext("{name} has changed since the preview and is now {value}.")
    return ValidationError(sentence.format(name=name, value=shown(now)), code="stale")


def changing_rows(job: Job) -> Any:
    return job.rooms.filter(outcome__in=CHANGING)


def batches(rows: Any) -> Iterator[list[JobRow]]:
    last = -1
    while batch := list(rows.filter(number__gt=last)[:CHUNK]):
        yield batch
        last = batch[-1].number


def requested_edits(job: Job, rows: list[JobRow]) -> dict[int, Edit]:
    """Return the requested edit of each row by its number, or the values of its new room."""
    if job.kind == JobKind.CHANGE:
        return dict.fromkeys((row.number for row in rows), _recipe(job))
    if job.kind == JobKind.IMPORT:
        return {row.number: _file_edit(row) for row in rows}
    ids = [row.room_id for row in rows]
    changes = changes_of(job.owner, UUID(job.request["bulk"])).filter(room_id__in=ids)
    reverts = reverts_from(changes, override=job.request["override"])
    # There is nothing to undo for a room whose history was deleted.
    return {row.number: reverts.get(row.room_id, {}) for row in rows}


def _recipe(job: Job) -> Edit:
    recipe = Recipe.read(job.request["change"])
    return KeepClosed(recipe) if job.request.get("keep_closed") else recipe


def _file_edit(row: JobRow) -> Edit:
    read = CsvRow.from_json(row.sent)
    return RowEdit(read) if row.room_id else as_new(read)


def previewed_edits(rows: list[JobRow]) -> dict[int, Edit]:
    return {row.number: _previewed_edit(row) for row in rows}


def _previewed_edit(row: JobRow) -> Edit:
    if row.outcome == RowOutcome.CREATED:
        return {name: after for name, (_, after) in row.changes.items()}
    return PreviewedEdit(row.changes)


def run_rows(job: Job, rows: list[JobRow], edits: dict[int, Edit], *, dry_run: bool) -> RowResults:
    """Change the rooms of some rows, or only validate it; return each row with its result."""
    bulk = Bulk(_rooms(job), _author(job), job.pk, Mode.VALID, dry_run)
    room_edits = {row.room_id: edits[row.number] for row in rows if row.room_id}
    numbers = {row.room_id: row.number for row in rows if row.room_id}
    new = ((row.number, edits[row.number]) for row in rows if not row.room_id)
    found: dict[int | None, Result] = {}

    def report(result: Result) -> None:
        found[result.line] = result

    stages = [*bulk.changing([room_edits] if room_edits else [], numbers)]
    if job.kind == JobKind.IMPORT:
        stages += bulk.creating(UUID(job.request["project"]), new)
    bulk.run(stages, report)
    return [(row, found[row.number]) for row in rows]


def apply_rows(job: Job, rows: list[JobRow]) -> None:
    counts = Counter(job.result_counts)
    for row, result in run_rows(job, rows, previewed_edits(rows), dry_run=False):
        row.result, row.version = result.outcome.value, result.version
        row.room_id = result.room_id or row.room_id
        row.faults = _faults(result)
        counts[row.result] += 1
    store_rows(rows, "result", "version", "room_id")
    job.result_counts = dict(counts)


def note_refusal(row: JobRow, result: Result) -> JobRow:
    row.result, row.faults = RowOutcome.REFUSED.value, _faults(result)
    return row


def note_preview(job: Job, row: JobRow, result: Result) -> None:
    row.outcome, row.name = result.outcome.value, result.name or row.name
    row.version, row.is_live = result.version, result.is_live
    row.changes = dict(result.changes) if result.changes else None
    row.faults = _faults(result)
    shifts = job.request.get("change", {}).get("shift", {})
    row.crosses_clock = any(
        _crosses_clock(ZoneInfo(job.zone), *pair)
        for name, pair in (row.changes or {}).items()
        if name in shifts
    )


def _faults(result: Result) -> list[list[str]]:
    return faults_as_json(result.refusal) if result.refusal else []


def _crosses_clock(zone: ZoneInfo, *times: str) -> bool:
    return len({parse_timestamp(time).astimezone(zone).utcoffset() for time in times}) > 1


def traits(row: JobRow) -> list[str]:
    """Return the counters of the preview that a row belongs to."""
    changes = row.outcome in CHANGING
    traits = {
        row.outcome: True,
        "live": changes and row.is_live,
        "clock": changes and row.crosses_clock,
        CONFLICT: any(code == CONFLICT for _, _, code in row.faults),
    }
    return [trait for trait, holds in traits.items() if holds]


def store_rows(rows: list[JobRow], *fields: str) -> None:
    # The rows exist, so each insert becomes an update, as in rooms/changes/engine.py.
    JobRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=[*fields, "faults"]
    )


def _rooms(job: Job) -> RoomQuerySet:
    rooms = Room.objects.filter(visible_to(job.owner))
    # An import changes only the rooms of its project.
    return rooms.filter(project=job.request["project"]) if job.kind == JobKind.IMPORT else rooms


def _author(job: Job) -> Author:
    return Author(
        AuthorKind.USER,
        str(job.owner_id),
        job.owner.get_username(),
        DOORS[JobKind(job.kind)],
        job.request_id,
    )
