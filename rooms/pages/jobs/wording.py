"""A job in a person's words: what it is, and what is moved in one of its rooms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from access.models import Project
from access.values.timestamps import parse_timestamp
from rooms.bulk.engine import RowOutcome
from rooms.bulk.recipes import MOMENTS
from rooms.changes.validation import FIELDS
from rooms.display.times import clock, day_and_time, span
from rooms.display.values import label, moved, time_in_words
from rooms.models.history import RoomChange
from rooms.models.job import Job, JobKind, Phase


@dataclass(frozen=True)
class SummaryLine:
    """One field of a room, before and after; `note` says what is odd about it."""

    label: str
    before: str | None
    after: str | None
    note: str = ""


def title(job: Job) -> str:
    number = rooms_of(job)
    told = number_format(number, force_grouping=True)
    if job.kind == JobKind.CHANGE:
        return ngettext("Change %s room", "Change %s rooms", number) % told
    if job.kind == JobKind.UNDO:
        return ngettext("Undo a change of %s room", "Undo a change of %s rooms", number) % told
    return gettext("Import {file}").format(file=job.request["file"] or gettext("a file"))


def rooms_of(job: Job) -> int:
    """Return how many rooms a job is about; its `total` is that of the phase it is in."""
    tried = sum(job.preview_counts.get(outcome.value, 0) for outcome in RowOutcome)
    return job.total if job.phase == Phase.PREVIEW else tried


def sentences(job: Job) -> list[str]:
    """Return what is wanted, a sentence for each part of it."""
    if job.kind == JobKind.CHANGE:
        return recipe(job.request["change"])
    if job.kind == JobKind.UNDO:
        return [_undone(job)]
    return [_imported(job)]


def recipe(change: Mapping[str, Any]) -> list[str]:
    return [*_shifts(change.get("shift", {})), *_sets(change.get("set", {})), *_clears(change)]


def _shifts(shift: Mapping[str, int]) -> list[str]:
    if not shift:
        return []
    names = ", ".join(label(name) for name in MOMENTS if name in shift)
    seconds = next(iter(shift.values()))
    far = exactly(abs(seconds))
    words = (
        gettext("{far} earlier: {moments}.") if seconds < 0 else gettext("{far} later: {moments}.")
    )
    return [words.format(far=far, moments=names)]


def exactly(seconds: int) -> str:
    """Return a span to the minute, however long: 3 days 2 h 5 min."""
    days, rest = divmod(seconds, 24 * 3600)
    parts = [ngettext("%d day", "%d days", days) % days] if days else []
    parts += [span(timedelta(seconds=rest))] if rest or not days else []
    return " ".join(parts)


def _sets(values: Mapping[str, Any]) -> list[str]:
    words = gettext("{field} becomes {value}.")
    return [words.format(field=label(n), value=time_in_words(n, v)) for n, v in values.items()]


def _clears(change: Mapping[str, Any]) -> list[str]:
    return [gettext("{field} is cleared.").format(field=label(n)) for n in change.get("clear", [])]


def _imported(job: Job) -> str:
    project = Project.objects.filter(pk=job.request["project"]).first()
    words = gettext("Into the project {project}.")
    return words.format(project=project.name if project else job.request["project"])


def _undone(job: Job) -> str:
    first = RoomChange.objects.filter(bulk_id=job.request["bulk"]).order_by("pk").first()
    if first is None:
        return ""
    words = gettext("Puts back what {person} changed on {moment}.")
    return words.format(person=first.author_name, moment=day_and_time(first.at))


# --- What is moved in one room.


def lines(changes: Mapping[str, Any]) -> list[SummaryLine]:
    """Return each field that moves, in the order of the form; moments in the reader's zone."""
    found = []
    for one in moved(changes):
        pair = changes[one.name]
        if one.name in MOMENTS and all(pair):
            found.append(_moment(one.label, *pair))
        else:
            found.append(SummaryLine(one.label, one.before, one.after))
    return found


def of_a_new_room(changes: Mapping[str, Any]) -> list[SummaryLine]:
    """Return what is not as every new room has it, of a room that is made."""
    told = {n: pair for n, pair in changes.items() if pair[1] != _usual(n)}
    return [SummaryLine(one.label, None, one.after) for one in moved(told)]


def _usual(name: str) -> Any:
    return FIELDS[name].to_json(FIELDS[name].get_default())


def _moment(words: str, before: str, after: str) -> SummaryLine:
    here = timezone.get_current_timezone()
    then, now = (parse_timestamp(moment).astimezone(here) for moment in (before, after))
    # The same day need not be said twice: what a person compares is the time.
    told = clock(now) if then.date() == now.date() else day_and_time(now)
    return SummaryLine(words, day_and_time(then), told, _clock_change(then, now))


def _clock_change(then: Any, now: Any) -> str:
    offset = now.utcoffset() - then.utcoffset()
    if not offset:
        return ""
    by_clock = now.replace(tzinfo=None) - then.replace(tzinfo=None)
    real = by_clock - offset
    later = gettext("The clocks change in between: {real} later is {shown} by the clock.")
    earlier = gettext("The clocks change in between: {real} earlier is {shown} by the clock.")
    words = later if real > timedelta(0) else earlier
    return words.format(real=_exactly(real), shown=_exactly(by_clock))


def _exactly(length: timedelta) -> str:
    return exactly(abs(int(length.total_seconds())))
