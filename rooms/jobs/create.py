"""Create the jobs of bulk changes: each of its rooms becomes a row, which a later step previews."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from access.models import Project
from access.staff.limits import visible_to
from access.values.timestamps import format_timestamp
from rooms.bulk import csv_files, import_plan
from rooms.bulk.csv_records import heading_of
from rooms.bulk.engine import RowOutcome
from rooms.bulk.sheets import Sheet
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Action, RoomChange
from rooms.models.job import Job, JobKind
from rooms.models.job_row import JobRow

# A file may have as many rows.
MOST_ROOMS = csv_files.MOST_ROWS
ROWS_PER_INSERT = 1000


class TooManyRooms(Exception):
    """The selection has more rooms than a job may have."""


def create_change_job(
    request: HttpRequest,
    chosen: "list[UUID] | RoomQuerySet",
    change: Any,
    *,
    keep_closed: bool = False,
) -> Job:
    """Create the job that applies a recipe to rooms, given by ids or by a query.

    The preview refuses ids of rooms that the user may not see; `keep_closed` keeps closed rooms
    unchanged. Raises TooManyRooms.
    """
    ids = sorted(set(chosen)) if isinstance(chosen, list) else ids_of(chosen)
    rows = ({"room_id": room_id} for room_id in ids)
    parameters = {"change": change, **({"keep_closed": True} if keep_closed else {})}
    return _store(_job(request, JobKind.CHANGE, parameters), rows)


def create_import_job(
    request: HttpRequest, file: Any, project: Project, *, create: bool, name: str = ""
) -> Job:
    """Create the job of a CSV file for the rooms of one project. Raises InvalidCsv."""
    rooms = Room.objects.filter(visible_to(request.user), project=project)
    sheet = Sheet(ZoneInfo(timezone.get_current_timezone_name()))
    rows = csv_files.read_csv(file, sheet)
    plan = import_plan.plan(rows, rooms, create=create)
    header, delimiter = heading_of(file)
    parameters = {
        "project": str(project.pk),
        "create": create,
        "file": storable(name),
        "header": [storable(title) for title in header],
        "delimiter": delimiter,
        "ignored": [storable(title) for title in sheet.ignored(header)],
    }
    return _store(_job(request, JobKind.IMPORT, parameters), _rows_of(plan, rows))


def create_undo_job(
    request: HttpRequest, bulk_id: UUID, *, override: bool, auto_apply: bool
) -> Job | None:
    """Create the job that undoes a bulk change; return None if that changed no room."""
    changes = changes_of(request.user, bulk_id)
    ids = changes.order_by("room_id").values_list("room_id", flat=True).distinct()
    rows = ({"room_id": room_id} for room_id in ids)
    if not ids.exists():
        return None
    undone = Job.objects.filter(pk=bulk_id, kind=JobKind.UNDO).first()
    is_redo = undone is not None and not undone.request.get("redo")
    at = format_timestamp(changes.order_by("pk").first().at)
    parameters = {"bulk": str(bulk_id), "override": override, "redo": is_redo, "at": at}
    return _store(_job(request, JobKind.UNDO, parameters, auto_apply=auto_apply), rows)


def changes_of(user: Any, bulk_id: UUID) -> Any:
    """Return the history of a bulk change, in the projects that the user may see."""
    projects = Project.objects.filter(visible_to(user, "")).values("pk")
    actions = (Action.CHANGED, Action.CREATED)
    changes = RoomChange.objects.filter(bulk_id=bulk_id, action__in=actions)
    return changes.filter(project_id__in=projects)


def ids_of(rooms: RoomQuerySet) -> list[UUID]:
    """Return the ids of rooms. Raises TooManyRooms."""
    ids = list(rooms.order_by("pk").values_list("pk", flat=True)[: MOST_ROOMS + 1])
    if len(ids) > MOST_ROOMS:
        raise TooManyRooms
    return ids


def storable(text: str, longest: int = 120) -> str:
    """Return foreign text, such as a file's name, so that every database can store it."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:longest])


def faults_as_json(refusal: ValidationError) -> list[list[str]]:
    """Return the faults of a refusal as a row stores them: [field, sentence, code]."""
    return [
        [name, message, fault.code or ""]
        for name, faults in refusal.error_dict.items()
        for fault in faults
        for message in fault.messages
    ]


def _job(request: HttpRequest, kind: JobKind, parameters: dict[str, Any], **more: Any) -> Job:
    return Job(
        kind=kind,
        owner=request.user,
        request_id=request.id,
        zone=timezone.get_current_timezone_name(),
        request=parameters,
        **more,
    )


@transaction.atomic
def _store(job: Job, rows: Iterable[dict[str, Any]]) -> Job:
    job.save(force_insert=True)
    numbered = (JobRow(job=job, number=number, **row) for number, row in enumerate(rows))
    refused = 0
    while batch := list(islice(numbered, ROWS_PER_INSERT)):
        JobRow.objects.bulk_create(batch)
        job.total += len(batch)
        refused += sum(1 for row in batch if row.outcome)
        if job.total > MOST_ROOMS:
            raise TooManyRooms
    job.done, job.preview_counts = refused, {RowOutcome.REFUSED.value: refused} if refused else {}
    job.save(update_fields=["total", "done", "preview_counts"])
    return job


def _rows_of(plan: import_plan.Plan, rows: list[csv_files.CsvRow]) -> Iterator[dict[str, Any]]:
    sent = {row.line: row for row in rows}
    for room_id in sorted(plan.edits):
        yield {"room_id": room_id, **_file_row(plan.edits[room_id].row)}
    for row in plan.creations:
        yield _file_row(row)
    for result in plan.refused:
        yield {
            "room_id": result.room_id,
            **_file_row(sent[result.line]),
            "outcome": RowOutcome.REFUSED.value,
            "faults": faults_as_json(result.refusal),
        }


def _file_row(row: csv_files.CsvRow) -> dict[str, Any]:
    return {"name": storable(row.name), "line": row.line, "sent": row.as_json()}
