"""Doing a job, a few hundred rooms at a time: each time kept whole, with the progress, or not.

Whoever is killed loses what was in hand, and the next one goes on from there: a room counts
as done in the very transaction that changes it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from rooms.bulk.engine import CHUNK, Mode, RowOutcome
from rooms.jobs.rows import (
    WOULD_MOVE,
    apply,
    as_shown,
    batches,
    keep,
    moving,
    note,
    refuse,
    traits,
    tried,
    wanted,
)
from rooms.models.job import Job, JobState, LeaseLost, Phase

# A person waits for so many; for more they are shown how far it is.
AT_ONCE = 500
# How long a worker stays with one job before it looks for others.
TURN = timedelta(seconds=2)


def work_on_due(now: datetime) -> int:
    """Do a portion of the job that has waited longest; return how many steps that were.

    Then it is another job's turn: a short one is not kept waiting by a long one.
    """
    job = Job.claim()
    return work(job, until=now + TURN) if job else 0


def begin_job(job: Job) -> None:
    """Do a job at once where a person can wait for it; a long one is left to a worker."""
    mine = Job.claim(only=job) if job.total <= AT_ONCE else None
    if mine:
        work(mine)


def work(job: Job, until: datetime | None = None) -> int:
    """Do a claimed job to its end, or until a moment; return how many steps that took."""
    taken = 0
    for _ in steps(job):
        taken += 1
        if until and timezone.now() >= until and job.state == JobState.WORKING:
            job.put_back()
    return taken


def steps(job: Job) -> Iterator[None]:
    """Go on with a claimed job, step by step, until it ends, waits for its owner, or is lost."""
    try:
        while job.state == JobState.WORKING:
            job.refresh_from_db(fields=["stop_asked"])
            _stop(job) if job.stop_asked and job.phase != Phase.WRITE else STEPS[job.phase](job)
            yield
    except LeaseLost:
        return


# --- The phases. Each call is one step.


def _preview(job: Job) -> None:
    rows = list(job.rooms.filter(outcome="")[:CHUNK])
    if not rows:
        return _previewed(job)
    with transaction.atomic():
        counts = Counter(job.preview_counts)
        for row, result in tried(job, rows, wanted(job, rows), dry_run=True):
            note(job, row, result)
            counts.update(traits(row))
        keep(rows, "outcome", "name", "version", "changes", "is_live", "crosses_clock")
        job.keep(done=job.done + len(rows), preview_counts=dict(counts))
    return None


def _previewed(job: Job) -> None:
    total = sum(job.preview_counts.get(outcome, 0) for outcome in WOULD_MOVE)
    if job.auto_apply and total and not job.preview_counts.get(RowOutcome.REFUSED.value):
        job.keep(mode=Mode.ALL.value, phase=Phase.WRITE, total=total, done=0)
    else:
        job.keep(state=JobState.READY)


def _each(job: Job) -> None:
    rows = list(moving(job).filter(result="")[:CHUNK])
    if not rows:
        return _finish(job, applied=True)
    with transaction.atomic():
        apply(job, rows)
        job.keep(done=job.done + len(rows), result_counts=job.result_counts)
    return None


def _check(job: Job) -> None:
    rows = list(moving(job)[job.done : job.done + CHUNK])
    if not rows:
        if job.result_counts.get(RowOutcome.REFUSED.value):
            return _finish(job, applied=False)
        return job.keep(phase=Phase.WRITE, done=0, result_counts={})
    with transaction.atomic():
        told = tried(job, rows, as_shown(rows), dry_run=True)
        refused = [refuse(row, result) for row, result in told if result.refusal]
        keep(refused, "result")
        result_counts = Counter(job.result_counts)
        result_counts[RowOutcome.REFUSED.value] += len(refused)
        job.keep(done=job.done + len(rows), result_counts=dict(result_counts))
    return None


def _write(job: Job) -> None:
    with transaction.atomic():
        # Its row is held to the end: nobody takes this job up while it is being written.
        job.keep(result_counts={})
        for rows in batches(moving(job)):
            apply(job, rows)
        refused = job.result_counts.get(RowOutcome.REFUSED.value)
        transaction.set_rollback(bool(refused))
        if not refused:
            return _finish(job, applied=True)
    # Somebody was quicker, since all of them were checked: which ones is found out anew.
    job.keep(phase=Phase.CHECK, done=0, result_counts={})
    return None


STEPS: dict[str, Callable[[Job], None]] = {
    Phase.PREVIEW: _preview,
    Phase.EACH: _each,
    Phase.CHECK: _check,
    Phase.WRITE: _write,
}


def _stop(job: Job) -> None:
    moved = any(job.result_counts.get(outcome) for outcome in WOULD_MOVE)
    job.keep(state=JobState.CANCELLED, is_applied=moved, finished_at=timezone.now())


def _finish(job: Job, *, applied: bool) -> None:
    job.keep(
        state=JobState.DONE,
        is_applied=applied,
        result_counts=job.result_counts,
        done=job.total,
        finished_at=timezone.now(),
    )
