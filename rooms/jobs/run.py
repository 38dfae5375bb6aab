"""Run jobs in batches. The transaction of a batch stores its rooms and the progress together.

If a worker dies, the database rolls back its current batch, and another worker continues.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from rooms.bulk.engine import CHUNK, Mode, RowOutcome
from rooms.jobs.access import may_run
from rooms.jobs.rows import (
    CHANGING,
    apply_rows,
    batches,
    changing_rows,
    note_preview,
    note_refusal,
    previewed_edits,
    requested_edits,
    run_rows,
    store_rows,
    traits,
)
from rooms.models.job import Job, JobState, LeaseLost, Phase

# The request runs a job of at most this many rooms; larger ones show their progress.
AT_ONCE = 500
# A worker changes to the next job after this time.
TURN = timedelta(seconds=2)


def work_on_due(now: datetime) -> int:
    """Run some steps of the job that has waited longest, and return their number.

    A long job takes turns with the others, so that short ones need not wait for its end.
    """
    job = Job.claim()
    return work(job, until=now + TURN) if job else 0


def begin_job(job: Job) -> None:
    """Run a short job at once; a worker runs a long one."""
    claimed = Job.claim(only=job) if job.total <= AT_ONCE else None
    if claimed:
        work(claimed)


def work(job: Job, until: datetime | None = None) -> int:
    """Run the steps of a claimed job to its end, or until a time; return their number."""
    taken = 0
    for _ in steps(job):
        taken += 1
        if until and timezone.now() >= until and job.state == JobState.WORKING:
            job.put_back()
    return taken


def steps(job: Job) -> Iterator[None]:
    """Run a claimed job step by step until it ends, has a preview, or loses its lease."""
    try:
        while job.state == JobState.WORKING:
            job.refresh_from_db(fields=["stop_asked"])
            is_over = job.stop_asked and job.phase != Phase.WRITE
            _stop(job) if is_over or not may_run(job) else STEPS[job.phase](job)
            yield
    except LeaseLost:
        return


# --- The phases: each call is one step.


def _preview(job: Job) -> None:
    rows = list(job.rooms.filter(outcome="")[:CHUNK])
    if not rows:
        return _previewed(job)
    with transaction.atomic():
        counts = Counter(job.preview_counts)
        for row, result in run_rows(job, rows, requested_edits(job, rows), dry_run=True):
            note_preview(job, row, result)
            counts.update(traits(row))
        store_rows(rows, "outcome", "name", "version", "changes", "is_live", "crosses_clock")
        job.keep(done=job.done + len(rows), preview_counts=dict(counts))
    return None


def _previewed(job: Job) -> None:
    total = sum(job.preview_counts.get(outcome, 0) for outcome in CHANGING)
    if job.auto_apply and total and not job.preview_counts.get(RowOutcome.REFUSED.value):
        job.keep(mode=Mode.ALL.value, phase=Phase.WRITE, total=total, done=0)
    else:
        job.keep(state=JobState.READY)


def _each(job: Job) -> None:
    rows = list(changing_rows(job).filter(result="")[:CHUNK])
    if not rows:
        return _finish(job, applied=True)
    with transaction.atomic():
        apply_rows(job, rows)
        job.keep(done=job.done + len(rows), result_counts=job.result_counts)
    return None


def _check(job: Job) -> None:
    rows = list(changing_rows(job)[job.done : job.done + CHUNK])
    if not rows:
        if job.result_counts.get(RowOutcome.REFUSED.value):
            return _finish(job, applied=False)
        return job.keep(phase=Phase.WRITE, done=0, result_counts={})
    with transaction.atomic():
        results = run_rows(job, rows, previewed_edits(rows), dry_run=True)
        refused = [note_refusal(row, result) for row, result in results if result.refusal]
        store_rows(refused, "result")
        result_counts = Counter(job.result_counts)
        result_counts[RowOutcome.REFUSED.value] += len(refused)
        job.keep(done=job.done + len(rows), result_counts=dict(result_counts))
    return None


def _write(job: Job) -> None:
    with transaction.atomic():
        # This locks the job's row to the end, so that no other worker claims the job.
        job.keep(result_counts={})
        for rows in batches(changing_rows(job)):
            apply_rows(job, rows)
        refused = job.result_counts.get(RowOutcome.REFUSED.value)
        transaction.set_rollback(bool(refused))
        if not refused:
            return _finish(job, applied=True)
    # A room has changed since the check, so check all of them again.
    job.keep(phase=Phase.CHECK, done=0, result_counts={})
    return None


STEPS: dict[str, Callable[[Job], None]] = {
    Phase.PREVIEW: _preview,
    Phase.EACH: _each,
    Phase.CHECK: _check,
    Phase.WRITE: _write,
}


def _stop(job: Job) -> None:
    moved = any(job.result_counts.get(outcome) for outcome in CHANGING)
    job.keep(state=JobState.CANCELLED, is_applied=moved, finished_at=timezone.now())


def _finish(job: Job, *, applied: bool) -> None:
    job.keep(
        state=JobState.DONE,
        is_applied=applied,
        result_counts=job.result_counts,
        done=job.total,
        finished_at=timezone.now(),
    )
