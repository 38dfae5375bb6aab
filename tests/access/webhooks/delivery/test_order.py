"""Order of deliveries to a real receiver: at least once, in order for each room."""

import json
from collections import defaultdict
from datetime import timedelta

import pytest

from access.models import WebhookDelivery
from access.webhooks.models import DeliveryState, give_up
from access.webhooks.retries import MOST_ATTEMPTS
from rooms.changes import delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, WebhookEndpointFactory
from tests.support.webhook_delivery import FAIL, change, sizes, states, turn
from tests.support.webhook_receiver import Receiver, answer, sending

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def test_delivery_is_given_up_after_the_last_attempt_and_the_next_is_sent(
    endpoint, receiver, room, now
):
    receiver.script = [FAIL] * MOST_ATTEMPTS
    change(room, 5, 6)

    for _ in range(MOST_ATTEMPTS):
        turn(endpoint, now)
        endpoint.refresh_from_db()
        now = max(WebhookDelivery.objects.earliest("pk").due_at, endpoint.next_turn_at)
    assert len(receiver.messages) == MOST_ATTEMPTS
    turn(endpoint, now)

    assert states() == [("given_up", MOST_ATTEMPTS), ("delivered", 1)]
    assert sizes(receiver)[-1] == (str(room.pk), 6)


def test_delivery_given_up_by_hand_no_longer_blocks_its_room(endpoint, receiver, room, now):
    receiver.script = [FAIL]
    change(room, 5, 6)
    turn(endpoint, now)

    assert give_up([WebhookDelivery.objects.earliest("pk").pk], "user: anna", now) == 1
    turn(endpoint, now + timedelta(seconds=2))

    assert states() == [("given_up", 1), ("delivered", 1)]
    assert sizes(receiver) == [(str(room.pk), 5), (str(room.pk), 6)]


def test_delivery_given_up_during_its_call_stays_given_up(endpoint, receiver, room, now):
    def give_it_up(connection_, receiver):
        give_up([WebhookDelivery.objects.earliest("pk").pk], "user: anna", now)
        FAIL(connection_, receiver)

    receiver.script = [give_it_up]
    change(room, 5, 6)

    turn(endpoint, now)
    turn(endpoint, now)

    assert states() == [("given_up", 0), ("delivered", 1)]


def test_later_event_waits_for_its_room_but_not_for_other_rooms(
    endpoint, receiver, project, room, now
):
    other = RoomFactory(project=project)
    turn(endpoint, now)
    receiver.messages.clear()
    receiver.script = [FAIL]
    change(room, 5, 6)
    change(other, 7)

    turn(endpoint, now)
    # The pause after a failure holds back all rooms.
    assert not turn(endpoint, now)
    turn(endpoint, now + timedelta(seconds=2))
    before = sizes(receiver)[1:]
    turn(endpoint, now + timedelta(seconds=20))

    assert before == [(str(other.pk), 7)]
    assert sizes(receiver)[2:] == [(str(room.pk), 5), (str(room.pk), 6)]


def test_endpoints_do_not_wait_for_each_other(endpoint, receiver, project, room, now):
    with Receiver(FAIL) as failing:
        second = WebhookEndpointFactory(project=project, url=failing.url())
        change(room, 5, 6)
        for each in (second, endpoint):
            turn(each, now)

    assert len(receiver.messages) == 2
    assert len(failing.messages) == 1


def test_failing_receiver_finally_gets_everything_in_order(endpoint, receiver, project, now):
    rooms = [RoomFactory(project=project, name=f"ward-{n}") for n in range(4)]
    for size in range(1, 9):
        for room in rooms:
            change(room, size + 30)
    total = WebhookDelivery.objects.count()
    bad = [FAIL, sending(b""), answer(302, Location="/"), sending(b"HTTP/1.1 200 OK\r\nContent-")]
    acknowledged = defaultdict(list)

    def well(connection, receiver):
        data = json.loads(receiver.messages[-1].body)["data"]
        acknowledged[data["room_id"]].append(data["version"])
        answer(200)(connection, receiver)

    receiver.usually = well
    receiver.script = [*[bad[n // 2 % 4] if n % 2 else well for n in range(60)]]
    at = now
    for _ in range(500):
        turn(endpoint, at)
        at += timedelta(seconds=61)
        if not WebhookDelivery.objects.filter(state=DeliveryState.PENDING).exists():
            break

    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    assert {room: versions == list(range(1, 10)) for room, versions in acknowledged.items()} == {
        str(room.pk): True for room in rooms
    }
    assert total == 36
    assert len(receiver.messages) == 36 + 30
    _each_arrived_only_after_the_one_before_was_taken(receiver)


def _each_arrived_only_after_the_one_before_was_taken(receiver):
    newest = defaultdict(int)
    for body in receiver.bodies():
        data = json.loads(body)["data"]
        assert newest[data["room_id"]] <= data["version"] <= newest[data["room_id"]] + 1
        newest[data["room_id"]] = data["version"]


def test_all_events_of_a_deleted_room_are_delivered(endpoint, receiver, room, now):
    change(room, 5)
    delete_room(Room.objects, room.pk, by=TESTS)

    turn(endpoint, now)

    types = [json.loads(body)["type"] for body in receiver.bodies()]
    assert types == ["room.settings_changed", "room.deleted"]
