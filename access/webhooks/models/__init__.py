from access.webhooks.models.delivery import (
    DeliveryState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEvent,
    give_up,
    redeliver,
)
from access.webhooks.models.endpoint import MOST_ENDPOINTS, OVERLAP, WebhookEndpoint
from access.webhooks.models.event_types import TEST_EVENT, WebhookEventType

__all__ = [
    "MOST_ENDPOINTS",
    "OVERLAP",
    "TEST_EVENT",
    "DeliveryState",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookEventType",
    "give_up",
    "redeliver",
]
