"""Change rooms, take an endpoint's turn, and read what its receiver got."""

import json

from access.models import WebhookDelivery
from access.webhooks.client import WebhookClient
from access.webhooks.leases import end_turn, take_turn
from access.webhooks.turns import send_due
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS
from tests.support.webhook_receiver import answer

FAIL = answer(500, b"out of order")


def turn(endpoint, at, seconds=5):
    """Serve an endpoint at the time `at`; return whether a turn was due."""
    mark = take_turn(endpoint.pk, at)
    if mark is not None:
        client = WebhookClient(seconds=seconds)
        requested = send_due(endpoint.pk, mark, client, clock=lambda: at)
        end_turn(endpoint.pk, mark, at, requested)
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
