"""Sends what the outbox holds: at least once, in the order of each room, and to its end.

Workers share the endpoints by turns. Whoever has an endpoint's turn sends to it alone, one event
after the other, so that one receiver never holds up another and order needs no more locks. Nothing
is sent inside a transaction. A worker that is killed leaves its turn to run out; what it had not
written down as ended is sent again.
"""

import contextlib
import functools
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import Error, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from access.webhooks import signatures
from access.webhooks.client import CallOutcome, WebhookClient
from access.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from access.webhooks.retries import FAILING_AT_MOST, pause, rest

logger = logging.getLogger(__name__)

THREADS = 8
# For so long a turn goes on to the next event, so that all endpoints have theirs.
TURN_SECONDS = 20
# Whoever took a turn before that is dead: far more than a turn, a call and a slow look-up take.
TURN_AT_MOST = timedelta(minutes=2)

# The answer of a receiver that is never to be called again.
GONE = 410


class Courier:
    """Gives turns to the endpoints that something is due for, each in a thread of its own."""

    def __init__(
        self,
        caller: WebhookClient | None = None,
        *,
        threads: int = THREADS,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self.caller = caller or WebhookClient()
        self.clock = clock
        self.stopping = threading.Event()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="webhooks")
        self._free = threading.Semaphore(threads)
        self._calls = 0
        self._counting = threading.Lock()

    def deliver_due(self, now: datetime) -> int:
        """Begin turns, as many as threads are free, and wait for none of them.

        Returns how many calls have been made since the last time.
        """
        for endpoint_id in list(_waiting(now)):
            if self.stopping.is_set() or not self._free.acquire(blocking=False):
                break
            self._begin(endpoint_id, now)
        with self._counting:
            calls, self._calls = self._calls, 0
        return calls

    def stop(self) -> None:
        """End after the calls that are under way; what else is due stays due."""
        self.stopping.set()
        self._threads.shutdown(wait=True)

    def _begin(self, endpoint_id: UUID, now: datetime) -> None:
        turn = take_turn(endpoint_id, now)
        if turn is None:
            self._free.release()
            return
        future = self._threads.submit(self._serve, endpoint_id, turn)
        future.add_done_callback(self._ended)

    def _serve(self, endpoint_id: UUID, turn: UUID) -> None:
        try:
            serve(endpoint_id, turn, self.caller, clock=self.clock, heard=self._heard)
        except Error as away:
            logger.warning("A turn of webhooks broke off: the database does not answer: %s", away)
            with contextlib.suppress(Error):
                _end_turn(endpoint_id, turn, self.clock())
        finally:
            connection.close()

    def _heard(self) -> bool:
        with self._counting:
            self._calls += 1
        return self.stopping.is_set()

    def _ended(self, future: "Future[None]") -> None:
        self._free.release()
        if wrong := future.exception():
            # The turn runs out, and another one takes it up.
            logger.error("A turn of webhooks broke off.", exc_info=wrong)


@functools.cache
def courier() -> Courier:
    """Return the courier of this process, made when it is first needed."""
    return Courier()


def _waiting(now: datetime) -> list[UUID]:
    """Return the endpoints that something is due for and that nobody serves."""
    due = WebhookDelivery.objects.due(now).filter(endpoint=OuterRef("pk"))
    waiting = WebhookEndpoint.objects.filter(
        Exists(due), disabled_at=None, next_turn_at__lte=now
    ).order_by("next_turn_at")
    return list(waiting.values_list("pk", flat=True))


def take_turn(endpoint_id: UUID, now: datetime) -> UUID | None:
    """Take the turn at an endpoint and return its mark, or None if another worker was faster."""
    turn = uuid4()
    free = WebhookEndpoint.objects.filter(pk=endpoint_id, disabled_at=None, next_turn_at__lte=now)
    # One statement: of two workers, the second finds it taken.
    taken = free.update(turn=turn, next_turn_at=now + TURN_AT_MOST)
    return turn if taken else None


def serve(
    endpoint_id: UUID,
    turn: UUID,
    caller: WebhookClient,
    *,
    clock: Callable[[], datetime] = timezone.now,
    heard: Callable[[], bool] = lambda: False,
) -> None:
    """Send what is due to one endpoint until nothing is, a call fails, or the turn is over.

    After each call `heard` is called; when it says so, that was the last one.
    """
    end = time.monotonic() + TURN_SECONDS
    while (found := _next(endpoint_id, turn, clock())) is not None:
        endpoint, delivery = found
        began = clock()
        # A slow call must not keep a connection from those that could use it.
        _let_go_of_the_database()
        outcome = _call(caller, endpoint, delivery, began)
        enabled = _record(delivery, outcome, began, clock())
        if heard() or not (outcome.delivered and enabled) or time.monotonic() >= end:
            break
    _end_turn(endpoint_id, turn, clock())


def _next(
    endpoint_id: UUID, turn: UUID, now: datetime
) -> tuple[WebhookEndpoint, WebhookDelivery] | None:
    # Read anew each time: the URL, the secret or the turn itself may be another's by now.
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, turn=turn, disabled_at=None).first()
    if endpoint is None:
        return None
    due = endpoint.deliveries.due(now).select_related("event").order_by("due_at", "pk")
    delivery = due.first()
    return (endpoint, delivery) if delivery else None


def _call(
    caller: WebhookClient, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime
) -> CallOutcome:
    body = delivery.event.body.encode()
    signed = signatures.signed_headers(delivery.event.message_id, body, endpoint.secrets(now), now)
    return caller.post(endpoint.url, body, signed)


@transaction.atomic
def _record(
    delivery: WebhookDelivery, outcome: CallOutcome, began: datetime, now: datetime
) -> bool:
    """Write down a call and what follows from it; return whether the endpoint may be called on."""
    mine = WebhookDelivery.objects.select_for_update().filter(
        pk=delivery.pk, state=DeliveryState.PENDING, attempts=delivery.attempts
    )
    found = mine.first()
    if found is None:
        # Deleted meanwhile, or ended by whoever took this turn for dead.
        return False
    WebhookAttempt.objects.create(
        delivery=found,
        at=began,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        outcome=outcome.sentence,
        answer=outcome.answer,
    )
    _follow(found, outcome, now)
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=found.endpoint_id)
    return _judge(endpoint, outcome, now)


def _follow(delivery: WebhookDelivery, outcome: CallOutcome, now: datetime) -> None:
    delivery.attempts += 1
    # Jitter, not a secret.
    wait = pause(delivery.attempts, random.random())  # noqa: S311
    if outcome.delivered:
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
    elif wait is None:
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, now
    else:
        delivery.due_at = now + wait
    delivery.save(update_fields=["attempts", "state", "ended_at", "due_at"])


def _judge(endpoint: WebhookEndpoint, outcome: CallOutcome, now: datetime) -> bool:
    if outcome.delivered:
        if endpoint.failing_since:
            endpoint.failures, endpoint.failing_since = 0, None
            endpoint.save(update_fields=["failures", "failing_since"])
        return True
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.save(update_fields=["failures", "failing_since"])
    reason = _reason_to_disable(endpoint, outcome, now)
    if reason and endpoint.disabled_at is None:
        endpoint.disable(reason, now)
        logger.error("Webhook endpoint %s is disabled: %s", endpoint.pk, reason)
    return not reason


def _reason_to_disable(endpoint: WebhookEndpoint, outcome: CallOutcome, now: datetime) -> str:
    if outcome.status == GONE:
        return "It answered 410: it is gone for good."
    since = endpoint.failing_since
    if since is not None and now - since >= FAILING_AT_MOST:
        return (
            f"Nothing could be delivered since {since:%Y-%m-%d %H:%M} UTC; "
            f"the last time: {outcome.sentence}"
        )
    return ""


def _end_turn(endpoint_id: UUID, turn: UUID, now: datetime) -> None:
    mine = WebhookEndpoint.objects.filter(pk=endpoint_id, turn=turn)
    failures = mine.values_list("failures", flat=True).first()
    if failures is not None:
        mine.update(turn=None, next_turn_at=now + rest(failures))


def _let_go_of_the_database() -> None:
    if not connection.in_atomic_block:
        connection.close()
