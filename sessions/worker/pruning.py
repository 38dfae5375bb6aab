"""Delete what is no longer needed, so that no table grows for ever."""

from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.utils import timezone

from access.credentials.pauses import prune_failures
from access.credentials.sign_ins import prune_sign_ins
from access.credentials.staff_sessions import prune_staff_sessions
from access.idempotent_calls import prune_calls
from access.webhooks.pruning import prune_events
from rooms.models.job import delete_old_jobs
from sessions.lifecycle import prune_refusals


def delete_expired_page_sessions() -> int:
    # Django's own table has the sessions of 0.1.0.
    former = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return former[0] + prune_staff_sessions()


def delete_old_events() -> int:
    deleted = 0
    while batch := prune_events(timezone.now()):
        deleted += batch
    return deleted


# The keys name the deleted rows.
PRUNED: dict[str, Callable[[], int]] = {
    "answers of idempotent calls": prune_calls,
    "expired page sessions": delete_expired_page_sessions,
    "records of sign-ins": prune_sign_ins,
    "counts of failures": prune_failures,
    "webhook events with their deliveries": delete_old_events,
    "refused attempts": prune_refusals,
    "finished jobs": lambda: delete_old_jobs(timezone.now()),
}


def prune_tables() -> int:
    """Delete all that is no longer needed; return how many rows."""
    return sum(prune() for prune in PRUNED.values())
