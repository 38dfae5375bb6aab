"""The events in the outbox."""

import json

from access.models import WebhookEvent


def event_bodies():
    """Return the bodies of all events, oldest first."""
    return [json.loads(event.body) for event in WebhookEvent.objects.order_by("pk")]
