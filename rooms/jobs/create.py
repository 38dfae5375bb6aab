"""What a person asks for, as a job: each of its rooms becomes a row, and none is tried yet."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from access.models import Project
from access.staff.limits import visible_to
from rooms.bulk import csv_files, import_plan
from rooms.bulk.engine import RowOutcome
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Action, RoomChange
from rooms.models.job import Job, JobKind, JobRow, forget_old

# As many as a file may have rows. Whoever means more narrows the list first.
MOST_ROOMS = csv_files.MOST_ROWS
WRITTEN_AT_ONCE = 1000


class TooMany(Exception):
    """More rooms than one job takes."""


def to_change(request: HttpRequest, chosen: "list[UUID] | RoomQuerySet", change: Any) -> Job:
    """Return the job of a recipe for rooms: by their ids, or those of a query.

    An id that this person sees no room of is refused when its turn comes. Raises TooMany.
    """
    ids = sorted(set(chosen)) if isinstance(chosen, list) else _ids_of(chosen)
    rows = ({"room_id": room_id} for room_id in ids)
    return _stored(_job(request, JobKind.CHANGE, {"change": change}), rows)


def to_import(
    request: HttpRequest, file: Any, project: Project, *, create: bool, name: str = ""
) -> Job:
    """Return the job of a CSV file for the rooms of one project; raises InvalidCsv."""
    rooms = Room.objects.filter(visible_to(request.user), project=project)
    plan = import_plan.plan(csv_files.read_csv(file), rooms, create=create)
    asked = {"project": str(project.pk), "create": create, "file": readable(name)}
    return _stored(_job(request, JobKind.IMPORT, asked), _rows_of(plan))


def to_undo(request: HttpRequest, bulk_id: UUID, *, override: bool, auto_apply: bool) -> Job | None:
    """Return the job that puts back what one bulk change moved; None if it moved nothing."""
    moved = changes_of(request.user, bulk_id)
    ids = moved.order_by("room_id").values_list("room_id", flat=True).distinct()
    rows = ({"room_id": room_id} for room_id in ids)
    if not ids.exists():
        return None
    asked = {"bulk": str(bulk_id), "override": override}
    return _stored(_job(request, JobKind.UNDO, asked, auto_apply=auto_apply), rows)


def changes_of(user: Any, bulk_id: UUID) -> Any:
    """Return the history of what a bulk change moved, in the projects that this person sees."""
    projects = Project.objects.filter(visible_to(user, "")).values("pk")
    moved = (Action.CHANGED, Action.CREATED)
    changes = RoomChange.objects.filter(bulk_id=bulk_id, action__in=moved)
    return changes.filter(project_id__in=projects)


def readable(text: str, longest: int = 120) -> str:
    """Return text of unknown origin, such as a file's name, as a database can keep it."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:longest])


def faults_as_json(refusal: ValidationError) -> list[list[str]]:
    """Return why something is refused, as a row of a job keeps it: [field, sentence, code]."""
    return [
        [name, message, fault.code or ""]
        for name, faults in refusal.error_dict.items()
        for fault in faults
        for message in fault.messages
    ]


def _ids_of(rooms: RoomQuerySet) -> Iterable[UUID]:
    # One more than there may be, so that too many is noticed.
    return rooms.order_by("pk").values_list("pk", flat=True)[: MOST_ROOMS + 1].iterator()


def _job(request: HttpRequest, kind: JobKind, asked: dict[str, Any], **more: Any) -> Job:
    return Job(
        kind=kind,
        owner=request.user,
        request_id=request.id,
        zone=timezone.get_current_timezone_name(),
        request=asked,
        **more,
    )


@transaction.atomic
def _stored(job: Job, rows: Iterable[dict[str, Any]]) -> Job:
    forget_old(timezone.now())
    job.save(force_insert=True)
    numbered = (JobRow(job=job, number=number, **row) for number, row in enumerate(rows))
    refused = 0
    while some := list(islice(numbered, WRITTEN_AT_ONCE)):
        JobRow.objects.bulk_create(some)
        job.total += len(some)
        refused += sum(1 for row in some if row.outcome)
        if job.total > MOST_ROOMS:
            raise TooMany
    job.done, job.preview_counts = refused, {RowOutcome.REFUSED.value: refused} if refused else {}
    job.save(update_fields=["total", "done", "preview_counts"])
    return job


def _rows_of(plan: import_plan.Plan) -> Iterator[dict[str, Any]]:
    for room_id in sorted(plan.edits):
        yield {"room_id": room_id, **_sent(plan.edits[room_id].row)}
    for row in plan.creations:
        yield _sent(row)
    for result in plan.refused:
        yield {
            "room_id": result.room_id,
            "name": readable(result.name or ""),
            "line": result.line,
            "outcome": RowOutcome.REFUSED.value,
            "faults": faults_as_json(result.refusal),
        }


def _sent(row: csv_files.CsvRow) -> dict[str, Any]:
    return {"name": readable(row.name), "line": row.line, "sent": row.as_json()}
