"""Pruning of the outbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from access.webhooks.models import DeliveryState
from access.webhooks.outbox import send_test
from access.webhooks.pruning import KEPT, prune_events
from tests.factories import WebhookEndpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint():
    return WebhookEndpointFactory()


def sent(endpoint, count=1, state=DeliveryState.DELIVERED):
    """Create test events in an end state, each with a call in the log."""
    for _ in range(count):
        send_test(endpoint, timezone.now())
    WebhookDelivery.objects.update(state=state)
    for delivery in WebhookDelivery.objects.filter(log=None):
        WebhookAttempt.objects.create(
            delivery=delivery, at=timezone.now(), milliseconds=1, outcome="Answered 200."
        )


def rows():
    return [m.objects.count() for m in (WebhookEvent, WebhookDelivery, WebhookAttempt)]


@pytest.mark.parametrize("state", DeliveryState.values)
def test_old_events_are_deleted_with_their_deliveries_and_calls(endpoint, state):
    sent(endpoint, state=state)

    assert prune_events(timezone.now() + KEPT + timedelta(minutes=1)) == 1
    assert rows() == [0, 0, 0]
    endpoint.refresh_from_db()


def test_newer_events_are_kept(endpoint):
    sent(endpoint)

    assert prune_events(timezone.now() + KEPT - timedelta(minutes=1)) == 0
    assert rows() == [1, 1, 1]


def test_events_are_deleted_in_portions_oldest_first(endpoint):
    sent(endpoint, count=5)
    oldest = list(WebhookEvent.objects.order_by("pk").values_list("pk", flat=True)[:2])
    later = timezone.now() + KEPT + timedelta(minutes=1)

    done = [prune_events(later, limit=2)]
    assert not WebhookEvent.objects.filter(pk__in=oldest).exists()
    done += [prune_events(later, limit=2) for _ in range(3)]

    assert done == [2, 2, 1, 0]
    assert rows() == [0, 0, 0]


def test_pruning_without_old_events_costs_one_statement(endpoint, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert prune_events(timezone.now()) == 0
