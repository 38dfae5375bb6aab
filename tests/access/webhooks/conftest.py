"""A webhook endpoint of the test's project, and one of its deliveries."""

import pytest
from django.utils import timezone

from access.models import WebhookAttempt, WebhookDelivery
from access.webhooks.models import DeliveryState
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, WebhookEndpointFactory


@pytest.fixture
def endpoint(project):
    return WebhookEndpointFactory(project=project)


@pytest.fixture
def delivery(endpoint, room):
    """A delivered webhook delivery, with its call in the log."""
    WebhookDelivery.objects.all().delete()
    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)
    delivery = WebhookDelivery.objects.get()
    now = timezone.now()
    WebhookDelivery.objects.update(state=DeliveryState.DELIVERED, attempts=1, ended_at=now)
    WebhookAttempt.objects.create(
        delivery=delivery, at=now, milliseconds=12, status=200, outcome="Fine.", answer="<b>hi</b>"
    )
    return delivery
