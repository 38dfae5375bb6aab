"""Redelivered, tested and otherwise emitted events."""

import json

import pytest
from django.utils import timezone

from access.models import WebhookDelivery
from access.webhooks.models import DeliveryState, redeliver
from access.webhooks.outbox import emit, send_test
from tests.support.webhook_delivery import change, states, turn

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.GIVEN_UP])
def test_redelivery_sends_the_same_message(endpoint, receiver, room, now, state):
    change(room, 5)
    turn(endpoint, now)
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state=state)

    assert redeliver([delivery.pk], now) == 1
    assert redeliver([delivery.pk], now) == 0
    turn(endpoint, now)

    first, again = receiver.messages
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert states() == [("delivered", 1)]


def test_event_ignores_the_chosen_event_types(endpoint, receiver, now):
    endpoint.event_types = ["room.ended"]
    endpoint.save()

    send_test(endpoint, now)
    turn(endpoint, now)

    (body,) = receiver.bodies()
    assert json.loads(body)["type"] == "webhook.test"


def test_event_of_another_type_is_delivered_too(endpoint, receiver, project, room, now):
    emit(project.pk, "room.ended", {"room_id": str(room.pk)}, key=room.pk, at=timezone.now())

    turn(endpoint, now)

    assert json.loads(receiver.bodies()[0])["type"] == "room.ended"
