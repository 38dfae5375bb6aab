"""During a call the database is free, and others may change and delete what the call uses."""

import pytest
from django.db import connection, connections
from django.utils import timezone

from access.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from access.webhooks.client import WebhookClient
from access.webhooks.dispatcher import WebhookDispatcher
from tests.factories import WebhookEndpointFactory
from tests.support.webhook_delivery import change, sizes, states, turn
from tests.support.webhook_receiver import Receiver, answer, hang

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def test_no_database_connection_is_open_during_a_call(endpoint, receiver, room, now):
    mine, during = connections["default"], []

    def look(connection_, receiver):
        during.append(mine.connection)
        answer(200)(connection_, receiver)

    receiver.script = [look]
    change(room, 5)
    turn(endpoint, now)

    assert during == [None]
    assert states() == [("delivered", 1)]


def test_no_transaction_is_open_during_a_call(endpoint, receiver, room, now):
    def write(connection_, receiver):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(description="written meanwhile")
        WebhookDelivery.objects.select_for_update().update(key=room.pk)
        connection.close()
        answer(200)(connection_, receiver)

    receiver.script = [write]
    change(room, 5)

    turn(endpoint, now)

    assert states() == [("delivered", 1)]
    endpoint.refresh_from_db()
    assert endpoint.description == "written meanwhile"


def test_endpoint_can_be_deleted_during_a_call(endpoint, receiver, room, now):
    def delete(connection_, receiver):
        WebhookEndpoint.objects.get(pk=endpoint.pk).delete()
        connection.close()
        answer(200)(connection_, receiver)

    receiver.script = [delete]
    change(room, 5)

    turn(endpoint, now)

    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()


def test_change_during_a_turn_applies_to_the_next_event(endpoint, receiver, room, now):
    with Receiver() as moved:

        def move(connection_, receiver):
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=moved.url())
            connection.close()
            answer(200)(connection_, receiver)

        receiver.script = [move]
        change(room, 5, 6)
        turn(endpoint, now)

    assert (len(receiver.messages), len(moved.messages)) == (1, 1)


def test_hanging_receiver_does_not_delay_others(endpoint, receiver, project, room):
    with Receiver() as silent:
        silent.usually = hang
        for _ in range(3):
            WebhookEndpointFactory(project=project, url=silent.url())
        change(room, *range(30, 50))
        dispatcher = WebhookDispatcher(WebhookClient(seconds=60), threads=8)
        dispatcher.deliver_due(timezone.now())
        receiver.wait_for(20)
        hanging = len(silent.messages)

    dispatcher.stop()
    assert [size for _, size in sizes(receiver)] == list(range(30, 50))
    assert hanging <= 3
    assert dispatcher.deliver_due(timezone.now()) >= 20
