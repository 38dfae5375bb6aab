"""Delete what is no longer needed, so that no table grows for ever.

docs/how-to/retention.md lists what is kept for how long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone

from access.credentials.pauses import prune_failures
from access.credentials.sign_ins import prune_sign_ins
from access.credentials.staff_sessions import prune_staff_sessions
from access.database.batches import delete_in_batches
from access.idempotent_calls import prune_calls
from access.models import (
    FailureCount,
    IdempotencyUsage,
    IdempotentCall,
    RequestCount,
    SignInRecord,
    StaffSession,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEvent,
)
from access.rate_limits import prune_counts
from access.webhooks.pruning import prune_events
from rooms.models.job import Job, delete_old_jobs
from rooms.models.job_row import JobRow
from sessions.lifecycle import prune_refusals
from sessions.models import (
    Composition,
    Member,
    Recording,
    Refusal,
    RefusalCount,
    RoomSession,
    SessionEvent,
    WorkerProcess,
)

WORKERS_KEPT = timedelta(days=7)
# A session can have thousands of members and events.
SESSIONS_AT_ONCE = 50


def delete_expired_page_sessions() -> int:
    # Django's own table has the sessions of 0.1.0.
    former = delete_in_batches(Session.objects.filter(expire_date__lt=timezone.now()))
    return former + prune_staff_sessions()


def delete_old_events() -> int:
    deleted = 0
    while batch := prune_events(timezone.now()):
        deleted += batch
    return deleted


def delete_old_workers() -> int:
    silent = WorkerProcess.objects.filter(beat_at__lt=timezone.now() - WORKERS_KEPT)
    return delete_in_batches(silent)


def delete_old_sessions() -> int:
    """Delete room sessions that ended SESSION_DAYS ago, with their members and events."""
    if not settings.SESSION_DAYS:
        return 0
    limit = timezone.now() - timedelta(days=settings.SESSION_DAYS)
    # The row of a blocked member keeps their room token out.
    blocked = Member.objects.filter(session=OuterRef("pk"), blocked_at__isnull=False)
    # A mixer finds by the row which files it has to remove.
    removal = Recording.objects.filter(
        session=OuterRef("pk"), deleted_at__isnull=False, files_removed_at=None
    )
    # The first condition has an index.
    old = RoomSession.objects.filter(start_time__lt=limit, end_time__lt=limit, media_room=None)
    old = old.exclude(Exists(blocked))
    if settings.MIXER:
        old = old.exclude(Exists(removal))
    return delete_in_batches(old, SESSIONS_AT_ONCE)


@dataclass(frozen=True)
class Pruning:
    """The deletion of rows of some models; `do` returns how many."""

    do: Callable[[], int]
    models: tuple[type[Model], ...]


# The keys name the deleted rows.
PRUNED = {
    "answers of idempotent calls": Pruning(prune_calls, (IdempotentCall, IdempotencyUsage)),
    "expired page sessions": Pruning(delete_expired_page_sessions, (Session, StaffSession)),
    "records of sign-ins": Pruning(prune_sign_ins, (SignInRecord,)),
    "counts of failures": Pruning(prune_failures, (FailureCount,)),
    "counts of requests": Pruning(prune_counts, (RequestCount,)),
    "webhook events with their deliveries": Pruning(
        delete_old_events, (WebhookEvent, WebhookDelivery, WebhookAttempt)
    ),
    "refused attempts": Pruning(prune_refusals, (Refusal, RefusalCount)),
    "finished jobs": Pruning(lambda: delete_old_jobs(timezone.now()), (Job, JobRow)),
    "ended room sessions": Pruning(
        delete_old_sessions, (RoomSession, Member, SessionEvent, Recording, Composition)
    ),
    "workers that have ended": Pruning(delete_old_workers, (WorkerProcess,)),
}


def prune_tables() -> int:
    """Delete all that is no longer needed; return how many rows."""
    return sum(pruning.do() for pruning in PRUNED.values())
