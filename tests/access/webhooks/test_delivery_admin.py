import re

import pytest
from django.utils import timezone

from access.models import WebhookDelivery
from access.webhooks.models import DeliveryState
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, WebhookEndpointFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of
from tests.support.webhook_admin import DELIVERIES, page_of

pytestmark = pytest.mark.django_db


def test_delivery_page_shows_request_and_response(client, delivery):
    log_in(client)

    listed = client.get(DELIVERIES).content.decode()
    page = client.get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()

    assert "room.settings_changed" in listed
    assert "Fine." in listed
    assert str(delivery.event.message_id) in page
    assert "max_members" in page
    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert "<b>hi" not in page


def test_number_of_queries_does_not_depend_on_the_length_of_the_log(
    client, delivery, room, django_assert_max_num_queries
):
    for size in range(20, 40):
        change_room(Room.objects, room.pk, {"max_members": size + 1}, by=TESTS)
    log_in(client)

    with django_assert_max_num_queries(12):
        client.get(DELIVERIES)


def test_endpoint_page_links_to_its_deliveries(client, delivery, room):
    other = WebhookEndpointFactory(project=room.project, url="https://other.example/")
    change_room(Room.objects, room.pk, {"max_members": 6}, by=TESTS)
    log_in(client)
    (link,) = re.findall(
        rf'href="({DELIVERIES}[^"]+)"', client.get(page_of(other)).content.decode()
    )

    page = client.get(link)

    assert [row.endpoint for row in page.context["cl"].result_list] == [other]


@pytest.mark.parametrize("query", ["message", "key", "url", "nothing", "\x00", "%", "'"])
def test_log_is_searched_by_message_id_room_and_url(client, delivery, query):
    log_in(client)
    text = {
        "message": str(delivery.event.message_id),
        "key": str(delivery.key),
        "url": "receiver.example",
    }.get(query, query)

    page = client.get(DELIVERIES, {"q": text})

    if query in ("message", "key", "url"):
        assert list(page.context["cl"].result_list) == [delivery]
    else:
        assert page.status_code in (200, 400)


def test_redeliver(client, delivery):
    log_in(client)

    first = act(client, DELIVERIES, "redeliver", [delivery])
    again = act(client, DELIVERIES, "redeliver", [delivery])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    assert messages_of(first) == ["1 delivery queued again."]
    assert messages_of(again)[-2:] == [
        "0 deliveries queued again.",
        "1 delivery is already queued.",
    ]


def test_pending_delivery_is_given_up_with_the_button_of_its_page(client, delivery):
    WebhookDelivery.objects.update(state=DeliveryState.PENDING)
    user = log_in(client)
    page = f"{DELIVERIES}{delivery.pk}/change/"
    fields = fields_of(client.get(page))

    first = client.post(DELIVERIES, fields)
    again = client.post(DELIVERIES, fields)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.given_up_by) == ("given_up", f"user: {user.username}")
    assert messages_of(first) == ["1 delivery given up. The next one of its room is sent."]
    assert messages_of(again)[-1] == "1 needed no change."
    shown = client.get(page).content.decode()
    assert f"user: {user.username}" in shown
    assert 'name="_selected_action"' not in shown


def test_delivery_that_has_arrived_stays_delivered(client, delivery):
    log_in(client)

    act(client, DELIVERIES, "give_up", [delivery])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.given_up_by) == ("delivered", None)


def test_nothing_is_redelivered_to_a_disabled_endpoint(client, delivery, endpoint):
    endpoint.disable("by hand", timezone.now())
    log_in(client)

    response = act(client, DELIVERIES, "redeliver", [delivery])

    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert "1 delivery was skipped: enable its endpoint first." in messages_of(response)


def test_log_can_be_neither_edited_nor_deleted(client, delivery):
    log_in(client)

    assert client.get(f"{DELIVERIES}add/").status_code == 403
    client.post(f"{DELIVERIES}{delivery.pk}/change/", {"state": "given_up"})
    assert client.post(f"{DELIVERIES}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
