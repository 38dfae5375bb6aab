"""Failed deliveries wait as long as the receiver requests with Retry-After."""

from datetime import timedelta

import pytest
from django.utils.http import http_date

from access.models import WebhookDelivery
from tests.factories import RoomFactory
from tests.support.webhook_delivery import change, states, turn
from tests.support.webhook_receiver import answer

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def busy(retry_after, status=503):
    return answer(status, **{"Retry-After": retry_after})


@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
def test_requested_pause_is_obeyed_for_each_failed_delivery(endpoint, receiver, room, now, status):
    receiver.script = [busy(120, status)]
    change(room, 5)

    turn(endpoint, now)
    assert not turn(endpoint, now + timedelta(seconds=119))
    turn(endpoint, now + timedelta(seconds=120))

    assert states() == [("delivered", 2)]


def test_requested_pause_applies_to_all_rooms(endpoint, receiver, project, room, now):
    receiver.script = [busy(120, 429)]
    other = RoomFactory(project=project)
    change(room, 5)
    change(other, 6)

    turn(endpoint, now)
    assert not turn(endpoint, now + timedelta(seconds=119))
    assert len(receiver.messages) == 1
    turn(endpoint, now + timedelta(seconds=120))

    assert {state for state, _ in states()} == {"delivered"}


def test_date_is_obeyed(endpoint, receiver, room, now):
    now = now.replace(microsecond=0)
    receiver.script = [busy(http_date((now + timedelta(minutes=10)).timestamp()))]
    change(room, 5)

    turn(endpoint, now)

    assert WebhookDelivery.objects.get().due_at == now + timedelta(minutes=10)


@pytest.mark.parametrize("retry_after", ["1", "soon", "-120"])
def test_usual_pause_is_the_shortest(endpoint, receiver, room, now, retry_after):
    receiver.script = [busy(retry_after)]
    change(room, 5)

    turn(endpoint, now)

    due = WebhookDelivery.objects.get().due_at
    assert timedelta(seconds=4) <= due - now <= timedelta(seconds=6)


def test_retry_after_of_an_accepted_delivery_is_ignored(endpoint, receiver, room, now):
    receiver.script = [busy(3600, 202)]
    change(room, 5, 6)

    turn(endpoint, now)

    assert states() == [("delivered", 1), ("delivered", 1)]
