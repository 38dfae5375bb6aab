"""The state of the workers for operators: their heartbeats and delays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from sessions.models import BY_THE_CLOCK, Composition, CompositionState, Member
from sessions.models.recording import UNFINISHED
from sessions.models.worker_process import SILENT_AFTER, WorkerKind, WorkerProcess


@dataclass(frozen=True)
class Lateness:
    """The delays of the last `count` removals of members."""

    count: int
    p50: timedelta
    p99: timedelta
    most: timedelta


@dataclass(frozen=True)
class FilmQueue:
    """The compositions that are not finished, those that failed, and the delay of the first."""

    waiting: int
    failed: int
    late: timedelta


def film_queue(now: datetime) -> FilmQueue:
    """Return the state of the queue, in one statement."""
    is_waiting = Q(state__in=UNFINISHED)
    found = Composition.objects.order_by().aggregate(
        waiting=Count("pk", filter=is_waiting),
        failed=Count("pk", filter=Q(state=CompositionState.FAILED)),
        # A mixer has the rows whose lease ends later.
        first=Min("locked_until", filter=is_waiting & Q(locked_until__lte=now)),
    )
    first = found["first"] or now
    return FilmQueue(found["waiting"], found["failed"], now - first)


def workers_at_work(now: datetime, kind: WorkerKind = WorkerKind.WORKER) -> QuerySet[WorkerProcess]:
    """Return the processes with a recent heartbeat that have not ended."""
    beating = WorkerProcess.objects.filter(ended_at=None, beat_at__gt=now - SILENT_AFTER)
    return beating.filter(kind=kind)


def last_beat() -> datetime | None:
    """Return the time of the last heartbeat of any worker, or None."""
    workers = WorkerProcess.objects.filter(kind=WorkerKind.WORKER)
    newest = workers.order_by("-beat_at").first()
    return newest.beat_at if newest else None


def overdue(now: datetime) -> int:
    """Return the number of members who are inside after their time to leave."""
    return Member.objects.filter(leave_time=None, leave_by__lte=now).count()


def lateness(last: int = 1000) -> Lateness | None:
    """Return the delays of the last timed removals, or None if no member was removed."""
    removed = Member.objects.filter(leave_reason__in=BY_THE_CLOCK, leave_by__isnull=False)
    times = removed.order_by("-leave_time").values_list("leave_time", "leave_by")[:last]
    delays = sorted(left - due for left, due in times if left is not None and due is not None)
    if not delays:
        return None
    return Lateness(len(delays), _percentile(delays, 50), _percentile(delays, 99), delays[-1])


def _percentile(ordered: Sequence[timedelta], percent: int) -> timedelta:
    # This is the nearest rank, so the result is a measured value.
    return ordered[(len(ordered) * percent + 99) // 100 - 1]
