"""Send the due deliveries of one endpoint, in the order of each room.

A worker takes the turn (the lease, leases.py) of an endpoint and is then the only one that sends to
it, one event after another. So a slow receiver delays only itself, and the order needs no other
lock. No request is sent inside a transaction.
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from access.webhooks import signatures
from access.webhooks.client import CallOutcome, WebhookClient
from access.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from access.webhooks.retries import FAILING_AT_MOST, requested_pause, retry_delay

logger = logging.getLogger(__name__)

# A turn takes no further event after this time, so that every endpoint gets a turn. A slow receiver
# thus keeps its thread for one request.
TURN_SECONDS = 5

# The HTTP status of a receiver that must never be called again.
GONE = 410


def send_due(
    endpoint_id: UUID,
    turn: UUID,
    client: WebhookClient,
    *,
    clock: Callable[[], datetime] = timezone.now,
    after_request: Callable[[], bool] = lambda: False,
) -> timedelta:
    """Send due deliveries to one endpoint until none is left, one fails, or the turn is over.

    `after_request` runs after each request; if it returns True, no other request follows. Returns
    the pause that the receiver has requested.
    """
    end, requested = time.monotonic() + TURN_SECONDS, timedelta(0)
    while (found := _next(endpoint_id, turn, clock())) is not None:
        endpoint, delivery = found
        began = clock()
        # A slow request must not occupy a database connection.
        _release_connection()
        outcome = _send(client, endpoint, delivery, began)
        enabled = _record(delivery, outcome, began, clock())
        requested = _requested_by(outcome, clock())
        if after_request() or not (outcome.delivered and enabled) or time.monotonic() >= end:
            break
    return requested


def _next(
    endpoint_id: UUID, turn: UUID, now: datetime
) -> tuple[WebhookEndpoint, WebhookDelivery] | None:
    # Each request reads the endpoint again, because its URL, secret or turn may have changed.
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, turn=turn, disabled_at=None).first()
    if endpoint is None:
        return None
    due = endpoint.deliveries.due(now).select_related("event").order_by("due_at", "pk")
    delivery = due.first()
    return (endpoint, delivery) if delivery else None


def _send(
    client: WebhookClient, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime
) -> CallOutcome:
    body = delivery.event.body.encode()
    signed = signatures.signed_headers(delivery.event.message_id, body, endpoint.secrets(now), now)
    return client.post(endpoint.url, body, signed)


def _requested_by(outcome: CallOutcome, now: datetime) -> timedelta:
    """Return the pause that the receiver has requested with a refusal."""
    return timedelta(0) if outcome.delivered else requested_pause(outcome.retry_after, now)


@transaction.atomic
def _record(
    delivery: WebhookDelivery, outcome: CallOutcome, began: datetime, now: datetime
) -> bool:
    """Save the attempt and its effects; return whether the endpoint is still enabled."""
    mine = WebhookDelivery.objects.select_for_update().filter(
        pk=delivery.pk, state=DeliveryState.PENDING, attempts=delivery.attempts
    )
    found = mine.first()
    if found is None:
        # The delivery was deleted, or another worker took over this turn after it expired.
        return False
    WebhookAttempt.objects.create(
        delivery=found,
        at=began,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        outcome=outcome.sentence,
        answer=outcome.answer,
    )
    _update_delivery(found, outcome, now)
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=found.endpoint_id)
    return _update_endpoint(endpoint, outcome, now)


def _update_delivery(delivery: WebhookDelivery, outcome: CallOutcome, now: datetime) -> None:
    delivery.attempts += 1
    # The random number is jitter, not a secret.
    wait = retry_delay(delivery.attempts, random.random())  # noqa: S311
    if outcome.delivered:
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
    elif wait is None:
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, now
    else:
        delivery.due_at = now + max(wait, _requested_by(outcome, now))
    delivery.save(update_fields=["attempts", "state", "ended_at", "due_at"])


def _update_endpoint(endpoint: WebhookEndpoint, outcome: CallOutcome, now: datetime) -> bool:
    if outcome.delivered:
        endpoint.record_success()
        return True
    endpoint.record_failure(now)
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


def _release_connection() -> None:
    if not connection.in_atomic_block:
        connection.close()
