"""What an operator wants to know of the workers: whether any is there, and how late they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from sessions.models import BY_THE_CLOCK, Member
from sessions.models.worker_process import SILENT_AFTER, WorkerProcess


@dataclass(frozen=True)
class Lateness:
    """How long after their due moment the last `count` members were out."""

    count: int
    p50: timedelta
    p99: timedelta
    most: timedelta


def workers_at_work(now: datetime) -> QuerySet[WorkerProcess]:
    """Return the workers that beat not long ago and have not ended."""
    return WorkerProcess.objects.filter(ended_at=None, beat_at__gt=now - SILENT_AFTER)


def last_beat() -> datetime | None:
    """Return when any worker last beat, or None where none ever has."""
    newest = WorkerProcess.objects.order_by("-beat_at").first()
    return newest.beat_at if newest else None


def overdue(now: datetime) -> int:
    """Return how many members should be out and are not."""
    return Member.objects.filter(leave_time=None, leave_by__lte=now).count()


def lateness(last: int = 1000) -> Lateness | None:
    """Return how late the last removals by the clock were; None where there were none."""
    removed = Member.objects.filter(leave_reason__in=BY_THE_CLOCK, leave_by__isnull=False)
    times = removed.order_by("-leave_time").values_list("leave_time", "leave_by")[:last]
    late = sorted(left - due for left, due in times if left is not None and due is not None)
    if not late:
        return None
    return Lateness(len(late), _at(late, 50), _at(late, 99), late[-1])


def _at(ordered: Sequence[timedelta], percent: int) -> timedelta:
    # The nearest rank: a value that was measured, not one between two.
    return ordered[(len(ordered) * percent + 99) // 100 - 1]
