"""The turn of an endpoint: the lease of the one worker that sends to it.

A worker renews its leases as long as its calls take. If it dies, they run out within seconds, and
another worker sends what it had not recorded. The database's clock decides, because the clocks of
two workers may differ by more than a lease.
"""

import threading
import time
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from access.webhooks.models import WebhookDelivery, WebhookEndpoint
from access.webhooks.retries import rest_after

# A dead worker's endpoints wait for this time, and up to a second for the next look of a worker.
LEASE = timedelta(seconds=7)
# Seconds between two renewals: several may fail before a lease runs out.
RENEW_EVERY = 1.0
# Seconds after which a turn is not renewed: its thread hangs, because a turn, a call and a slow DNS
# lookup take far less.
RENEWED_AT_MOST = 120.0

# Tests give a time of their own instead of the database's.
Moment = datetime | Now
DATABASE_NOW = Now()


def waiting_endpoints(now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (endpoint, project) of the endpoints with a due delivery and a free turn."""
    due = WebhookDelivery.objects.due(now).filter(endpoint=OuterRef("pk"))
    waiting = WebhookEndpoint.objects.filter(
        Exists(due), disabled_at=None, next_turn_at__lte=DATABASE_NOW
    ).order_by("next_turn_at")
    return list(waiting.values_list("pk", "project_id"))


def take_turn(endpoint_id: UUID, now: Moment = DATABASE_NOW) -> UUID | None:
    """Take the turn of an endpoint and return its id, or None if another worker has it."""
    turn = uuid4()
    free = WebhookEndpoint.objects.filter(pk=endpoint_id, disabled_at=None, next_turn_at__lte=now)
    # A single UPDATE decides between two workers: the second one matches no row.
    taken = free.update(turn=turn, next_turn_at=now + LEASE)
    return turn if taken else None


def end_turn(
    endpoint_id: UUID,
    turn: UUID,
    now: Moment = DATABASE_NOW,
    requested: timedelta = timedelta(0),
) -> None:
    """Free the turn of an endpoint, which rests the longer the more requests have failed.

    It rests at least for the time that its receiver has requested.
    """
    mine = WebhookEndpoint.objects.filter(pk=endpoint_id, turn=turn)
    failures = mine.values_list("failures", flat=True).first()
    if failures is not None:
        mine.update(turn=None, next_turn_at=now + max(rest_after(failures), requested))


class HeldTurns:
    """The turns of this process, for the thread that renews them."""

    def __init__(self) -> None:
        self._taken: dict[UUID, tuple[UUID, float]] = {}
        self._lock = threading.Lock()
        self._renewed = 0.0

    def add(self, endpoint_id: UUID, turn: UUID) -> None:
        with self._lock:
            self._taken[turn] = endpoint_id, time.monotonic()

    def remove(self, turn: UUID) -> None:
        with self._lock:
            del self._taken[turn]

    def holds(self, endpoint_id: UUID) -> bool:
        """Return whether a call to this endpoint runs here, even if its turn has run out."""
        return endpoint_id in self._renewable(time.monotonic()).values()

    def renew(self) -> None:
        """Renew the turns, unless this was done less than RENEW_EVERY ago."""
        now = time.monotonic()
        if now - self._renewed < RENEW_EVERY:
            return
        if turns := self._renewable(now):
            _renew(turns)
        self._renewed = now

    def _renewable(self, now: float) -> dict[UUID, UUID]:
        with self._lock:
            return {
                turn: endpoint_id
                for turn, (endpoint_id, taken) in self._taken.items()
                if now - taken < RENEWED_AT_MOST
            }


@transaction.atomic
def _renew(turns: dict[UUID, UUID]) -> None:
    mine = WebhookEndpoint.objects.filter(pk__in=turns.values(), turn__in=turns)
    # A locked row must not delay the others until they run out. Rows that only a foreign key locks
    # are not skipped (no_key): a long change that queues events must not end a turn.
    free = mine.select_for_update(skip_locked=True, no_key=True)
    found = list(free.values_list("pk", flat=True))
    mine.filter(pk__in=found).update(next_turn_at=DATABASE_NOW + LEASE)
