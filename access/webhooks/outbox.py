"""Write events into the outbox, in the transaction of the change that they report."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from access.webhooks.models import TEST_EVENT, WebhookDelivery, WebhookEndpoint, WebhookEvent


@dataclass(frozen=True)
class PendingEvent:
    """An event of a project. Events with the same `key`, a room's id, are sent in order."""

    project_id: UUID
    type: str
    key: UUID
    at: datetime
    # Only JSON values: UUIDs and datetimes are text.
    data: Mapping[str, Any]


def emit(project_id: UUID, type_: str, data: Mapping[str, Any], *, key: UUID, at: datetime) -> None:
    """Queue one event for the project's endpoints; a project without endpoints costs one query.

    The caller must hold a lock on the row that `key` names, so that ids follow the order of events.
    """
    emit_all([PendingEvent(project_id, type_, key, at, data)])


def emit_all(pending: Iterable[PendingEvent]) -> None:
    """Queue any number of events with three statements."""
    pending = list(pending)
    enabled = _enabled_endpoints({event.project_id for event in pending})
    addressed = [
        (event, endpoints)
        for event in pending
        if (endpoints := [e for e in enabled[event.project_id] if e.wants(event.type)])
    ]
    _write(addressed)


def send_test(endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Queue a test event for one endpoint, whatever event types it subscribes to; return it."""
    data = {"endpoint_id": str(endpoint.pk), "message": "It works."}
    event = PendingEvent(endpoint.project_id, TEST_EVENT, endpoint.pk, now, data)
    [delivery] = _write([(event, [endpoint])])
    return delivery


def _enabled_endpoints(project_ids: set[UUID]) -> Mapping[UUID, list[WebhookEndpoint]]:
    found = defaultdict(list)
    enabled = WebhookEndpoint.objects.filter(project__in=project_ids, disabled_at=None)
    for endpoint in enabled.order_by("pk"):
        found[endpoint.project_id].append(endpoint)
    return found


def _write(addressed: list[tuple[PendingEvent, list[WebhookEndpoint]]]) -> list[WebhookDelivery]:
    if not addressed:
        return []
    with transaction.atomic(savepoint=False):
        events = WebhookEvent.objects.bulk_create([_event(pending) for pending, _ in addressed])
        return WebhookDelivery.objects.bulk_create(
            WebhookDelivery(endpoint=endpoint, event=event, key=event.key, due_at=event.created_at)
            for event, (_, endpoints) in zip(events, addressed, strict=True)
            for endpoint in endpoints
        )


def _event(pending: PendingEvent) -> WebhookEvent:
    payload = {"type": pending.type, "timestamp": _as_text(pending.at), "data": pending.data}
    return WebhookEvent(
        message_id=uuid7(),
        type=pending.type,
        key=pending.key,
        # The body is ASCII with escapes, so no text of a room can break it.
        body=json.dumps(payload, separators=(",", ":"), allow_nan=False),
    )


def _as_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
