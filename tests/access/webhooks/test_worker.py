"""Webhooks with real worker processes: killed during calls, and sharing the work."""

import json
import queue
import threading
from collections import Counter, defaultdict
from ipaddress import ip_network

import pytest
from django.db.models import F

from access.models import WebhookDelivery, WebhookEndpoint
from access.webhooks.leases import LEASE
from access.webhooks.models import DeliveryState
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory, WebhookEndpointFactory
from tests.support.processes import eventually
from tests.support.webhook_receiver import Receiver, answer, hang
from tests.support.worker_pool import Nursery

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 10


@pytest.fixture
def nursery(server_env, transactional_db, settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]
    with Nursery({**server_env, "WEBHOOK_ALLOW": "127.0.0.0/8"}) as nursery:
        yield nursery


@pytest.fixture
def rooms(db):
    project = ProjectFactory()
    return [RoomFactory(project=project, name=f"ward-{number}") for number in range(3)]


def change(rooms, sizes):
    for size in sizes:
        for room in rooms:
            change_room(Room.objects, room.pk, {"max_members": size}, by=TESTS)


def all_ended():
    return not WebhookDelivery.objects.filter(state=DeliveryState.PENDING).exists()


def versions(receiver):
    """Return the versions that arrived for each room, with repetitions."""
    arrived = defaultdict(list)
    for body in receiver.bodies():
        data = json.loads(body)["data"]
        arrived[data["room_id"]].append(data["version"])
    return arrived


def let_the_turn_run_out():
    """Move the times so that the current turn has expired."""
    taken = WebhookEndpoint.objects.exclude(turn=None)
    taken.update(next_turn_at=F("next_turn_at") - LEASE)


class Held:
    """Receiver behaviours that let a test kill the worker during a call or just after it."""

    def __init__(self):
        self.waiting = queue.Queue()

    def before_the_answer(self, connection, receiver):
        self._wait()

    def after_the_answer(self, connection, receiver):
        answer(200)(connection, receiver)
        connection.close()
        self._wait()

    def _wait(self):
        killed = threading.Event()
        self.waiting.put(killed)
        killed.wait(30)


def test_killed_workers_lose_nothing_and_keep_the_order(nursery, rooms):
    held = Held()
    with Receiver() as receiver:
        WebhookEndpointFactory(project=rooms[0].project, url=receiver.url())
        change(rooms, range(30, 50))
        well = answer(200)
        for number in range(KILLS):
            way = held.before_the_answer if number % 2 else held.after_the_answer
            receiver.script += [well, well, way]
        for _ in range(KILLS):
            pid = nursery.start()
            killed = held.waiting.get(timeout=60)
            nursery.kill(pid)
            killed.set()
            let_the_turn_run_out()
        pid = nursery.start()
        eventually(all_ended)
        assert nursery.end(pid) == 0

    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    for arrived in versions(receiver).values():
        assert sorted(set(arrived)) == list(range(2, 22))
        assert arrived == sorted(arrived)
    ids = Counter(message.headers["webhook-id"] for message in receiver.messages)
    assert len(ids) == 60
    # Only calls interrupted by a kill were repeated.
    assert len(receiver.messages) <= 60 + KILLS


def test_events_of_a_killed_worker_are_sent_within_ten_seconds(nursery, rooms):
    held = Held()
    with Receiver() as receiver:
        WebhookEndpointFactory(project=rooms[0].project, url=receiver.url())
        receiver.script = [held.before_the_answer]
        change(rooms, [30])
        first = nursery.start()
        killed = held.waiting.get(timeout=60)
        nursery.start()
        nursery.kill(first)
        killed.set()

        receiver.wait_for(4, seconds=10)

    assert (
        Counter(body.headers["webhook-id"] for body in receiver.messages).most_common(1)[0][1] == 2
    )


def test_several_workers_share_the_endpoints_and_send_nothing_twice(nursery, rooms):
    receivers = [Receiver() for _ in range(6)]
    for receiver in receivers:
        receiver.__enter__()
        WebhookEndpointFactory(project=rooms[0].project, url=receiver.url())
    change(rooms, range(30, 35))

    pids = [nursery.start() for _ in range(3)]
    eventually(all_ended)
    codes = [nursery.end(pid) for pid in pids]
    for receiver in receivers:
        receiver.__exit__()

    assert codes == [0, 0, 0]
    for receiver in receivers:
        assert set(map(tuple, versions(receiver).values())) == {tuple(range(2, 7))}


def test_stopped_worker_finishes_the_call_and_releases_the_turn(nursery, rooms):
    with Receiver() as receiver, Receiver() as silent:
        silent.usually = hang
        for each in (receiver, silent):
            WebhookEndpointFactory(project=rooms[0].project, url=each.url())
        change(rooms, [30])
        pid = nursery.start()
        silent.wait_for(1)
        receiver.wait_for(3)

        assert nursery.end(pid) == 0

    assert not WebhookEndpoint.objects.exclude(turn=None).exists()
    assert WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED).count() == 3
    assert WebhookDelivery.objects.filter(state=DeliveryState.PENDING, attempts=1).count() == 1
