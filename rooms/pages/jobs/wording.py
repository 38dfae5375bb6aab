"""A job in words: its title, what the user requested, and the changes of one room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from access.models import Project
from access.staff.times import time_text, time_texts
from access.values.timestamps import parse_timestamp
from rooms.bulk.engine import RowOutcome
from rooms.changes.validation import FIELDS
from rooms.display.times import exact_span
from rooms.display.values import Moved, label, moved, value_text
from rooms.models.history import RoomChange
from rooms.models.job import Job, JobKind, JobState, Phase
from rooms.rules.join_policy import SCHEDULE


@dataclass(frozen=True)
class SummaryLine:
    """One field of a room, before and after; `note` explains a clock change."""

    name: str
    label: str
    before: str | None
    after: str | None
    note: str = ""
    # The cell of an imported file, if it has other text than the field.
    cell: str = ""


def job_title(job: Job) -> str:
    if job.kind == JobKind.IMPORT:
        return gettext("Import {file}").format(file=job.request["file"] or gettext("a file"))
    count = room_count(job)
    words = ngettext("Edit {number} room", "Edit {number} rooms", count)
    if job.kind == JobKind.UNDO:
        words = _undo_title(job, count)
    time = time_text(parse_timestamp(job.request["at"])) if "at" in job.request else ""
    return words.format(number=number_format(count, force_grouping=True), time=time)


def _undo_title(job: Job, count: int) -> str:
    if job.state == JobState.DONE and job.is_applied and not job.request.get("redo"):
        return ngettext(
            "Undone: {number} room is as before {time}",
            "Undone: {number} rooms are as before {time}",
            count,
        )
    if job.state == JobState.DONE and job.is_applied:
        return ngettext(
            "Redone: {number} room is as before the undo of {time}",
            "Redone: {number} rooms are as before the undo of {time}",
            count,
        )
    return ngettext(
        "Undo the bulk edit of {number} room, {time}",
        "Undo the bulk edit of {number} rooms, {time}",
        count,
    )


def room_count(job: Job) -> int:
    """Return the number of rooms of a job; `job.total` is the number of its current phase."""
    previewed = sum(job.preview_counts.get(outcome.value, 0) for outcome in RowOutcome)
    return job.total if job.phase == Phase.PREVIEW else previewed


def request_sentences(job: Job) -> list[str]:
    """Return the user's request, a sentence for each part of it."""
    if job.kind == JobKind.CHANGE:
        return _recipe(job.request["change"])
    if job.kind == JobKind.UNDO:
        return _undo(job)
    return _import(job)


def _recipe(change: Mapping[str, Any]) -> list[str]:
    return [*_shifts(change.get("shift", {})), *_sets(change.get("set", {})), *_clears(change)]


def _shifts(shift: Mapping[str, int]) -> list[str]:
    if not shift:
        return []
    names = ", ".join(label(name) for name in SCHEDULE if name in shift)
    seconds = next(iter(shift.values()))
    earlier = gettext("{length} earlier: {fields}.")
    words = earlier if seconds < 0 else gettext("{length} later: {fields}.")
    return [words.format(length=exact_span(abs(seconds)), fields=names)]


def _sets(values: Mapping[str, Any]) -> list[str]:
    words = gettext("{field} becomes {value}.")
    return [words.format(field=label(n), value=value_text(n, v)) for n, v in values.items()]


def _clears(change: Mapping[str, Any]) -> list[str]:
    return [gettext("{field} is cleared.").format(field=label(n)) for n in change.get("clear", [])]


def _import(job: Job) -> list[str]:
    project = Project.objects.filter(pk=job.request["project"]).first()
    into = gettext("Into the project {project}.")
    sentences = [into.format(project=project.name if project else job.request["project"])]
    ignored = job.request.get("ignored")
    if ignored:
        words = gettext("Columns that are not read: {columns}.")
        sentences.append(words.format(columns=", ".join(ignored)))
    return sentences


def _undo(job: Job) -> list[str]:
    first = RoomChange.objects.filter(bulk_id=job.request["bulk"]).order_by("pk").first()
    if first is None:
        return []
    words = gettext("Undoes the change by {author}, {time}.")
    return [words.format(author=first.author_name, time=time_text(first.at))]


# --- The changes of one room.


def change_lines(changes: Mapping[str, Any]) -> list[SummaryLine]:
    """Return the changed fields in the order of the form, with times in the user's zone."""
    return [
        _time_line(field, *changes[field.name])
        if field.name in SCHEDULE and all(changes[field.name])
        else SummaryLine(field.name, field.label, field.before, field.after)
        for field in moved(changes)
    ]


def new_room_lines(changes: Mapping[str, Any]) -> list[SummaryLine]:
    """Return the fields of a new room that differ from the defaults."""
    special = {name: pair for name, pair in changes.items() if pair[1] != _default(name)}
    return [SummaryLine(field.name, field.label, None, field.after) for field in moved(special)]


def _default(name: str) -> Any:
    return FIELDS[name].to_json(FIELDS[name].get_default())


def _time_line(field: Moved, before: str, after: str) -> SummaryLine:
    zone = timezone.get_current_timezone()
    then, now = (parse_timestamp(time).astimezone(zone) for time in (before, after))
    first, second = time_texts([then, now])
    if then.date() == now.date() and then.replace(second=0) != now.replace(second=0):
        # Only the time of day differs, so the day is shown once.
        second = time_text(now, known=then.date())
    return SummaryLine(field.name, field.label, first, second, _clock_change(then, now))


def _clock_change(then: Any, now: Any) -> str:
    offset = now.utcoffset() - then.utcoffset()
    if not offset:
        return ""
    by_clock = now.replace(tzinfo=None) - then.replace(tzinfo=None)
    real = by_clock - offset
    later = gettext("The clocks change in between: {real} later is {shown} by the clock.")
    earlier = gettext("The clocks change in between: {real} earlier is {shown} by the clock.")
    words = later if real > timedelta(0) else earlier
    return words.format(real=_length(real), shown=_length(by_clock))


def _length(length: timedelta) -> str:
    return exact_span(abs(int(length.total_seconds())))
