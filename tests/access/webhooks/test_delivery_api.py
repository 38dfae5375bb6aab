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


def test_delivery_of_another_webhook_is_not_found(api, endpoint, project):
    other = sent(WebhookEndpointFactory(project=project))

    with nothing_changes():
        response = api.post(url_of(endpoint, "deliveries", other.pk, "redeliver"))

    assert response.status_code == 404
