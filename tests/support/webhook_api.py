"""Addresses of the webhook API, and a delivery to ask for."""

from uuid import UUID

from django.utils import timezone

from access.models import WebhookAttempt, WebhookDelivery
from access.webhooks.models import DeliveryState

URL = "/api/video/webhooks"


def url_of(endpoint, *more):
    return "/".join((URL, str(endpoint.pk), *map(str, more)))


def sent(endpoint, state=DeliveryState.DELIVERED):
    """Return a delivery in a given state after one call."""
    endpoint.deliveries.all().delete()
    now = timezone.now()
    event = endpoint.deliveries.model.event.field.related_model.objects.create(
        message_id=UUID(int=7), type="room.ended", key=endpoint.pk, body='{"type":"room.ended"}'
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, key=event.key, due_at=now, state=state, attempts=1
    )
    WebhookAttempt.objects.create(
        delivery=delivery, at=now, milliseconds=12, status=200, outcome="Answered 200.", answer="ok"
    )
    return delivery
