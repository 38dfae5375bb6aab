"""Deliveries to a real receiver: at least once, in order for each room, until they end.

The tests pass the time as an argument, so nothing sleeps.
"""

import json
import logging
from collections import defaultdict
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from access.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from access.webhooks.client import WebhookClient
from access.webhooks.dispatcher import WebhookDispatcher
from access.webhooks.models import DeliveryState, redeliver
from access.webhooks.outbox import emit, send_test
from access.webhooks.retries import FAILING_AT_MOST, MOST_ATTEMPTS
from access.webhooks.turns import TURN_AT_MOST, send_due, take_turn
from rooms.changes import change_room, delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, WebhookEndpointFactory
from tests.support.webhook_receiver import Receiver, answer, drip, hang, sending

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)

FAIL = answer(500, b"out of order")


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def endpoint(project, receiver, room):
    """An endpoint without deliveries: the room was created before it."""
    return WebhookEndpointFactory(project=project, url=receiver.url())


@pytest.fixture
def now():
    return timezone.now() + timedelta(minutes=1)


def turn(endpoint, at, seconds=5):
    """Serve an endpoint at the time `at`; return whether a turn was due."""
    mark = take_turn(endpoint.pk, at)
    if mark is not None:
        send_due(endpoint.pk, mark, WebhookClient(seconds=seconds), clock=lambda: at)
    return mark is not None


def change(room, *sizes):
    for size in sizes:
        change_room(Room.objects, room.pk, {"max_members": size}, by=TESTS)


def sizes(receiver):
    """Return the received events as (room, new max_members)."""
    told = [json.loads(body)["data"] for body in receiver.bodies()]
    return [(data["room_id"], data["changes"]["max_members"][1]) for data in told]


def states():
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", "attempts"))


# --- one delivery


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


# --- order


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


# --- several workers, and changes during a turn


def test_only_one_of_two_workers_gets_the_turn(endpoint, now):
    assert take_turn(endpoint.pk, now) is not None
    assert take_turn(endpoint.pk, now) is None


def test_turn_of_a_dead_worker_expires_and_nothing_is_lost(endpoint, receiver, room, now):
    change(room, 5)
    take_turn(endpoint.pk, now)

    assert not turn(endpoint, now + TURN_AT_MOST - timedelta(seconds=1))
    assert turn(endpoint, now + TURN_AT_MOST)

    assert len(receiver.messages) == 1


def test_slow_worker_does_not_overwrite_its_successors_results(endpoint, receiver, room, now):
    change(room, 5, 6)

    def overtake(connection, receiver):
        # A second worker takes over and finishes while the first one waits for this response.
        receiver.script.append(answer(200))
        turn(endpoint, now + TURN_AT_MOST)
        FAIL(connection, receiver)

    receiver.script = [overtake]
    turn(endpoint, now)

    assert states() == [("delivered", 1), ("delivered", 1)]
    assert [size for _, size in sizes(receiver)] == [5, 5, 6]
    endpoint.refresh_from_db()
    assert endpoint.failures == 0


def test_failure_seen_by_a_replaced_worker_is_not_counted(endpoint, receiver, room, now):
    change(room, 5)

    def overtake(connection_, receiver):
        receiver.script.append(FAIL)
        turn(endpoint, now + TURN_AT_MOST)
        connection.close()
        FAIL(connection_, receiver)

    receiver.script = [overtake]
    turn(endpoint, now)

    assert states() == [("pending", 1)]
    assert WebhookAttempt.objects.count() == 1
    endpoint.refresh_from_db()
    assert endpoint.failures == 1


def test_worker_replaced_between_two_calls_sends_no_more(endpoint, receiver, room, now):
    change(room, 5, 6)
    mine = take_turn(endpoint.pk, now)
    others = []

    def overtake():
        others.append(take_turn(endpoint.pk, now + TURN_AT_MOST))
        return False

    send_due(endpoint.pk, mine, WebhookClient(), clock=lambda: now, after_request=overtake)

    assert len(receiver.messages) == 1
    endpoint.refresh_from_db()
    # It does not end the other worker's turn either.
    assert [endpoint.turn] == others


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


# --- failing endpoints


def test_failing_endpoint_pauses_regardless_of_waiting_events(endpoint, receiver, project, now):
    receiver.usually = FAIL
    for _ in range(5):
        RoomFactory(project=project)

    assert turn(endpoint, now)
    assert not turn(endpoint, now + timedelta(seconds=0.5))
    assert turn(endpoint, now + timedelta(seconds=1))
    assert not turn(endpoint, now + timedelta(seconds=2.5))
    assert turn(endpoint, now + timedelta(seconds=3))

    assert len(receiver.messages) == 3


def test_success_resets_the_failure_count(endpoint, receiver, room, now):
    receiver.script = [FAIL]
    change(room, 5)
    turn(endpoint, now)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (1, now)

    turn(endpoint, now + timedelta(minutes=1))

    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_endpoint_is_disabled_after_days_of_failures(endpoint, receiver, room, now, caplog):
    receiver.usually = FAIL
    change(room, 5)
    turn(endpoint, now)

    turn(endpoint, now + FAILING_AT_MOST - timedelta(seconds=1))
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None
    change(RoomFactory(project=room.project), 5)
    at = now + FAILING_AT_MOST + timedelta(minutes=1)
    with caplog.at_level(logging.ERROR):
        turn(endpoint, at)

    endpoint.refresh_from_db()
    assert endpoint.disabled_at == at
    assert endpoint.disabled_reason.startswith(f"Nothing could be delivered since {now:%Y-%m-%d}")
    assert endpoint.disabled_reason.endswith("Answered 500.")
    assert str(endpoint.pk) in caplog.text
    assert not turn(endpoint, now + timedelta(days=4))


def test_status_410_disables_at_once(endpoint, receiver, room, now):
    receiver.script = [answer(410)]
    change(room, 5, 6)

    turn(endpoint, now)

    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "It answered 410: it is gone for good."
    assert len(receiver.messages) == 1


def test_waiting_events_are_sent_when_the_endpoint_is_enabled(endpoint, receiver, room, now):
    change(room, 5)
    endpoint.disable("by hand", now)
    assert not turn(endpoint, now)
    change(room, 6)

    endpoint.enable(now)
    turn(endpoint, now)

    assert [size for _, size in sizes(receiver)] == [5]


# --- redelivery and test events


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


def test_all_events_of_a_deleted_room_are_delivered(endpoint, receiver, room, now):
    change(room, 5)
    delete_room(Room.objects, room.pk, by=TESTS)

    turn(endpoint, now)

    types = [json.loads(body)["type"] for body in receiver.bodies()]
    assert types == ["room.settings_changed", "room.deleted"]


# --- threads


def test_hanging_receiver_does_not_delay_others(endpoint, receiver, project, room):
    with Receiver() as silent:
        silent.usually = hang
        for _ in range(3):
            WebhookEndpointFactory(project=project, url=silent.url())
        change(room, *range(30, 50))
        dispatcher = WebhookDispatcher(WebhookClient(seconds=60), threads=4)
        dispatcher.deliver_due(timezone.now())
        receiver.wait_for(20)
        hanging = len(silent.messages)

    dispatcher.stop()
    assert [size for _, size in sizes(receiver)] == list(range(30, 50))
    assert hanging <= 3
    assert dispatcher.deliver_due(timezone.now()) >= 20


def test_only_as_many_turns_are_started_as_threads_are_free(project, room):
    with Receiver() as silent:
        silent.usually = hang
        for _ in range(5):
            WebhookEndpointFactory(project=project, url=silent.url())
        change(room, 5)
        dispatcher = WebhookDispatcher(WebhookClient(seconds=60), threads=2)
        for _ in range(3):
            dispatcher.deliver_due(timezone.now())
        silent.wait_for(2)
        assert WebhookEndpoint.objects.exclude(turn=None).count() == 2

    dispatcher.stop()
    assert len(silent.messages) == 2


def test_stop_finishes_the_current_call_and_releases_the_turn(endpoint, receiver, room):
    dispatcher = WebhookDispatcher(WebhookClient(seconds=60))

    def stop(connection_, receiver):
        dispatcher.stopping.set()
        answer(200)(connection_, receiver)

    receiver.script = [stop]
    change(room, 5, 6)
    dispatcher.deliver_due(timezone.now())
    dispatcher.stop()

    endpoint.refresh_from_db()
    assert states() == [("delivered", 1), ("pending", 0)]
    assert endpoint.turn is None
    assert dispatcher.deliver_due(timezone.now()) == 1
    assert len(receiver.messages) == 1


def test_turn_interrupted_by_a_database_error_is_released(endpoint, room, caplog):
    WebhookEndpoint.objects.update(url="https://receiver.example/")

    def break_off(name):
        raise OperationalError("the database is away")

    change(room, 5)
    dispatcher = WebhookDispatcher(WebhookClient(resolve=break_off))
    dispatcher.deliver_due(timezone.now())
    dispatcher.stop()

    endpoint.refresh_from_db()
    assert endpoint.turn is None
    assert states() == [("pending", 0)]
    assert "the database is away" in caplog.text
    assert turn(endpoint, timezone.now())


def test_event_of_another_type_is_delivered_too(endpoint, receiver, project, room, now):
    emit(project.pk, "room.ended", {"room_id": str(room.pk)}, key=room.pk, at=timezone.now())

    turn(endpoint, now)

    assert json.loads(receiver.bodies()[0])["type"] == "room.ended"
