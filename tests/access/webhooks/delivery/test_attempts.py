"""Each attempt of a delivery: signed, logged and repeated until it succeeds."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from access.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from tests.support.webhook_delivery import FAIL, change, states, turn
from tests.support.webhook_receiver import answer, drip, hang, sending

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def test_event_arrives_signed(endpoint, receiver, room, now):
    change(room, 5)
    at = timezone.now() + timedelta(seconds=1)

    turn(endpoint, at)

    (message,) = receiver.messages
    event = WebhookEvent.objects.get()
    told = Webhook(endpoint.secret).verify(message.body, message.headers)
    assert told["type"] == "room.settings_changed"
    assert told["data"]["changes"] == {"max_members": [20, 5]}
    assert message.headers["webhook-id"] == str(event.message_id)
    assert message.headers["webhook-timestamp"] == str(int(at.timestamp()))
    assert states() == [("delivered", 1)]


def test_every_call_is_logged(endpoint, receiver, room, now):
    receiver.script = [FAIL]
    change(room, 5)

    turn(endpoint, now)
    turn(endpoint, now + timedelta(minutes=1))

    second, first = WebhookAttempt.objects.all()
    assert (first.status, first.outcome, first.answer) == (500, "Answered 500.", "out of order")
    assert (second.status, second.answer) == (200, "thanks")
    assert first.at == now
    assert 0 <= first.milliseconds < 5000


def test_delivered_event_is_not_sent_again(endpoint, receiver, room, now):
    change(room, 5)

    for minutes in (0, 1, 2):
        turn(endpoint, now + timedelta(minutes=minutes))

    assert len(receiver.messages) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        FAIL,
        answer(302, Location="/elsewhere"),
        sending(b""),
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthanks"),
        hang,
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
    ids=["fails", "redirects", "closes", "breaks off", "hangs", "drips"],
)
def test_failed_delivery_is_repeated_with_only_a_new_timestamp(
    endpoint, receiver, room, now, behaviour
):
    receiver.script = [behaviour]
    change(room, 5)
    now = timezone.now() + timedelta(seconds=1)

    turn(endpoint, now, seconds=1)
    assert states() == [("pending", 1)]
    turn(endpoint, now + timedelta(seconds=10))

    first, again = receiver.messages
    assert states() == [("delivered", 2)]
    assert again.target == first.target
    assert again.body == first.body
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.headers["webhook-timestamp"] != first.headers["webhook-timestamp"]
    for message in (first, again):
        assert Webhook(endpoint.secret).verify(message.body, message.headers)


def test_nothing_is_sent_before_its_time(endpoint, receiver, room, now):
    receiver.script = [FAIL]
    change(room, 5)

    turn(endpoint, now)
    turn(endpoint, now + timedelta(seconds=3))

    assert len(receiver.messages) == 1
    due = WebhookDelivery.objects.get().due_at
    assert timedelta(seconds=4) <= due - now <= timedelta(seconds=6)
