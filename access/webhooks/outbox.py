"""What is to be told, written in the transaction of what happened: both are kept, or neither."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from access.webhooks.models import TEST, WebhookDelivery, WebhookEndpoint, WebhookEvent


@dataclass(frozen=True)
class PendingEvent:
    """Something to tell a project of. What has the same `key`, a room's id, is told in order."""

    project_id: UUID
    type: str
    key: UUID
    at: datetime
    # As JSON holds it: neither UUIDs nor moments.
    data: Mapping[str, Any]


def emit(project_id: UUID, type_: str, data: Mapping[str, Any], *, key: UUID, at: datetime) -> None:
    """Tell the project's endpoints of one event; one statement while it has none.

    The caller holds a lock on what `key` names, so that its events are numbered in their order.
    """
    emit_all([PendingEvent(project_id, type_, key, at, data)])


def emit_all(happenings: Iterable[PendingEvent]) -> None:
    """Tell of many events with three statements, whatever their number."""
    happenings = list(happenings)
    listening = _endpoints({happening.project_id for happening in happenings})
    told = [
        (happening, wanting)
        for happening in happenings
        if (wanting := [e for e in listening[happening.project_id] if e.wants(happening.type)])
    ]
    _write(told)


def send_test(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Send an event that nothing happened for to one endpoint, whatever it chose."""
    data = {"endpoint_id": str(endpoint.pk), "message": "It works."}
    happening = PendingEvent(endpoint.project_id, TEST, endpoint.pk, now, data)
    _write([(happening, [endpoint])])


def _endpoints(project_ids: set[UUID]) -> Mapping[UUID, list[WebhookEndpoint]]:
    found = defaultdict(list)
    enabled = WebhookEndpoint.objects.filter(project__in=project_ids, disabled_at=None)
    for endpoint in enabled.order_by("pk"):
        found[endpoint.project_id].append(endpoint)
    return found


def _write(told: list[tuple[PendingEvent, list[WebhookEndpoint]]]) -> None:
    if not told:
        return
    with transaction.atomic(savepoint=False):
        events = WebhookEvent.objects.bulk_create([_event(happening) for happening, _ in told])
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(endpoint=endpoint, event=event, key=event.key, due_at=event.created_at)
            for event, (_, wanting) in zip(events, told, strict=True)
            for endpoint in wanting
        )


def _event(happening: PendingEvent) -> WebhookEvent:
    told = {"type": happening.type, "timestamp": _as_text(happening.at), "data": happening.data}
    return WebhookEvent(
        message_id=uuid7(),
        type=happening.type,
        key=happening.key,
        # ASCII, with escapes: no text that a room may hold can break it.
        body=json.dumps(told, separators=(",", ":"), allow_nan=False),
    )


def _as_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
