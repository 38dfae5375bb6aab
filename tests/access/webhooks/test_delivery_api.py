"""The log of deliveries in the webhook API: read, tested and redelivered."""

from uuid import UUID

import pytest
from django.utils import timezone

from access.models import WebhookDelivery
from access.webhooks.models import DeliveryState
from tests.factories import WebhookEndpointFactory
from tests.support.api import nothing_changes
from tests.support.webhook_api import sent, url_of

pytestmark = pytest.mark.django_db


def test_delivery_is_serialized_with_its_calls(api, endpoint):
    delivery = sent(endpoint)

    (row,) = api.get(url_of(endpoint, "deliveries")).json()["data"]

    assert row["id"] == str(delivery.pk)
    assert row["message_id"] == str(UUID(int=7))
    assert (row["type"], row["state"], row["attempts"]) == ("room.ended", "delivered", 1)
    assert row["body"] == '{"type":"room.ended"}'
    (call,) = row["calls"]
    assert (call["status"], call["milliseconds"], call["answer"]) == (200, 12, "ok")


def test_number_of_queries_does_not_depend_on_the_page_size(
    api, endpoint, django_assert_num_queries
):
    for _ in range(5):
        api.post(url_of(endpoint, "test"))

    # The token, the endpoint, the deliveries with their events, and all their calls.
    with django_assert_num_queries(4):
        assert len(api.get(url_of(endpoint, "deliveries")).json()["data"]) == 5


def test_event_is_queued(api, endpoint):
    response = api.post(url_of(endpoint, "test"))

    delivery = WebhookDelivery.objects.get()
    assert response.status_code == 201
    assert (response.json()["id"], response.json()["type"]) == (str(delivery.pk), "webhook.test")
    assert (delivery.state, delivery.endpoint) == ("pending", endpoint)


def test_redeliver_repeats_ended_deliveries_and_keeps_pending_ones(api, endpoint):
    delivery = sent(endpoint, DeliveryState.GIVEN_UP)
    url = url_of(endpoint, "deliveries", delivery.pk, "redeliver")

    first = api.post(url).json()
    with nothing_changes():
        again = api.post(url).json()

    assert (first["state"], first["attempts"]) == ("pending", 0)
    assert again == first


def test_nothing_is_sent_to_a_disabled_webhook(api, endpoint):
    delivery = sent(endpoint)
    endpoint.disable("by hand", timezone.now())

    with nothing_changes():
        for more in (("test",), ("deliveries", delivery.pk, "redeliver")):
            assert api.post(url_of(endpoint, *more)).status_code == 409


@pytest.mark.parametrize("action", ["redeliver", "give_up"])
def test_delivery_of_another_webhook_is_not_found(api, endpoint, project, action):
    other = sent(WebhookEndpointFactory(project=project), DeliveryState.PENDING)

    with nothing_changes():
        response = api.post(url_of(endpoint, "deliveries", other.pk, action))

    assert response.status_code == 404


def test_pending_delivery_is_given_up_once(api, token, endpoint):
    delivery = sent(endpoint, DeliveryState.PENDING)
    url = url_of(endpoint, "deliveries", delivery.pk, "give_up")

    first = api.post(url)
    with nothing_changes():
        again = api.post(url)

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["state"] == "given_up"
    assert first.json()["given_up_by"] == f"token: {token.name}"
    assert first.json()["ended_at"]


def test_delivery_to_a_disabled_webhook_can_be_given_up(api, endpoint):
    delivery = sent(endpoint, DeliveryState.PENDING)
    endpoint.disable("by hand", timezone.now())

    response = api.post(url_of(endpoint, "deliveries", delivery.pk, "give_up"))

    assert response.json()["state"] == "given_up"


def test_delivery_that_has_arrived_cannot_be_given_up(api, endpoint):
    delivery = sent(endpoint)

    with nothing_changes():
        response = api.post(url_of(endpoint, "deliveries", delivery.pk, "give_up"))

    assert response.status_code == 409
    assert response.json()["detail"] == "This delivery has arrived already."


def test_redelivered_delivery_is_no_longer_given_up_by_hand(api, endpoint):
    delivery = sent(endpoint, DeliveryState.PENDING)
    api.post(url_of(endpoint, "deliveries", delivery.pk, "give_up"))

    again = api.post(url_of(endpoint, "deliveries", delivery.pk, "redeliver")).json()

    assert (again["state"], again["given_up_by"], again["ended_at"]) == ("pending", None, None)
