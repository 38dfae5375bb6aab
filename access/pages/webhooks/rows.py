"""The endpoints and deliveries that a user may see, and the rows of their lists."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from access.pages.webhooks.status import (
    delivery_pill,
    endpoint_pill,
    event_text,
    events_text,
    paused_until,
)
from access.staff.limits import visible_to
from access.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


def visible_endpoints(request: HttpRequest) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(visible_to(request.user)).select_related("project")


def visible_endpoint(request: HttpRequest, endpoint_id: UUID) -> WebhookEndpoint:
    return get_object_or_404(visible_endpoints(request), pk=endpoint_id)


def with_last_call(deliveries: QuerySet[WebhookDelivery]) -> QuerySet[WebhookDelivery]:
    """Return the deliveries with their events and `last_outcome`, the result of the last call."""
    calls = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-id")
    return deliveries.select_related("event").annotate(
        last_outcome=Subquery(calls.values("outcome")[:1])
    )


def endpoint_rows(endpoints: Iterable[WebhookEndpoint]) -> list[dict[str, Any]]:
    """Return each endpoint with its last delivery, which takes one statement for all."""
    endpoints = list(endpoints)
    last = WebhookDelivery.objects.filter(endpoint=OuterRef("pk")).order_by("-id").values("pk")[:1]
    chosen = WebhookEndpoint.objects.filter(pk__in=[one.pk for one in endpoints])
    newest = WebhookDelivery.objects.filter(pk__in=chosen.order_by().values(last=Subquery(last)))
    found = {one.endpoint_id: one for one in with_last_call(newest)}
    return [
        {**endpoint_row(one), "last": delivery_row(found[one.pk]) if one.pk in found else None}
        for one in endpoints
    ]


def endpoint_row(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "endpoint": endpoint,
        "state": endpoint_pill(endpoint),
        "events": events_text(endpoint),
        "paused_until": paused_until(endpoint, timezone.now()),
    }


def delivery_row(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "state": delivery_pill(delivery),
        "event": event_text(delivery),
    }
