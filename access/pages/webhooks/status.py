"""The states of webhook endpoints and deliveries, in words."""

from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.staff.markup import pill
from access.webhooks.models import (
    TEST_EVENT,
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEventType,
)

DELIVERY_PILLS = {
    DeliveryState.PENDING: "scheduled",
    DeliveryState.DELIVERED: "works",
    DeliveryState.GIVEN_UP: "revoked",
}
EVENTS = {**dict(WebhookEventType.choices), TEST_EVENT: _("Test event")}


def endpoint_pill(endpoint: WebhookEndpoint) -> SafeString:
    if endpoint.disabled_at:
        return pill("revoked", gettext("Disabled"))
    if endpoint.failing_since:
        return pill("warning", gettext("Failing"))
    return pill("works", gettext("Active"))


def delivery_pill(delivery: WebhookDelivery) -> SafeString:
    return pill(DELIVERY_PILLS[DeliveryState(delivery.state)], delivery.get_state_display())


def event_text(delivery: WebhookDelivery) -> str:
    return str(EVENTS.get(delivery.event.type, delivery.event.type))


def events_text(endpoint: WebhookEndpoint) -> str:
    words = [str(EVENTS.get(type_, type_)) for type_ in endpoint.event_types]
    return ", ".join(words) or gettext("All events")


def paused_until(endpoint: WebhookEndpoint, now: datetime) -> datetime | None:
    """Return when the pause after failures ends, or None without a pause."""
    # While a worker has the turn, the time is the end of its lease.
    is_paused = endpoint.turn is None and endpoint.next_turn_at > now and not endpoint.disabled_at
    return endpoint.next_turn_at if is_paused else None


def is_waiting(delivery: WebhookDelivery) -> bool:
    """Return whether the first call, or the first one after "Resend", has no outcome yet."""
    return delivery.state == DeliveryState.PENDING and delivery.attempts == 0
