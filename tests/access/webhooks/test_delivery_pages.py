"""The pages of deliveries: the list, one delivery with its request and responses, and Resend."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from access.models import WebhookAttempt, WebhookDelivery
from access.webhooks.models import DeliveryState
from tests.support.html import log_in, markup_of, messages_of
from tests.support.webhook_admin import SECRET
from tests.support.webhook_delivery import turn
from tests.support.webhook_receiver import Receiver, answer

pytestmark = pytest.mark.django_db


def log_of(endpoint, delivery=None, action=""):
    path = f"/webhooks/{endpoint.pk}/deliveries"
    return f"{path}/{delivery.pk}{action and '/'}{action}" if delivery else path


@pytest.fixture
def allow_local(settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]


def test_result_of_a_test_event_appears_on_the_page_of_the_endpoint(
    client, endpoint, allow_local, django_capture_on_commit_callbacks
):
    log_in(client)
    with Receiver(answer(500, b"<b>out of order</b>")) as receiver:
        type(endpoint).objects.update(url=receiver.url())
        page = client.post(f"/webhooks/{endpoint.pk}/test").headers["Location"]
        waiting = client.get(page).content.decode()
        part = client.get(page, headers={"HX-Request": "true"}).content.decode()
        turn(endpoint, timezone.now())
        result = client.get(page, headers={"HX-Request": "true"}).content.decode()

    assert "Test event queued." in waiting
    assert "data-refresh" in waiting
    assert part.strip().startswith('<div id="endpoint"')
    assert "data-refresh" not in result
    # In the note and in the list of deliveries.
    assert result.count("Answered 500.") == 2
    assert "&lt;b&gt;out of order" in result
    assert "Answered 500." in markup_of(client.get("/webhooks"))


@pytest.mark.parametrize("number", ["0", "-1", "x", "٣", "9" * 30, "\x00"])
def test_unknown_test_event_is_left_out(client, endpoint, number):
    log_in(client)

    page = client.get(f"/webhooks/{endpoint.pk}", {"test": number})

    assert page.status_code in (200, 400)
    assert b'id="test"' not in page.content


def test_headers_on_the_page_are_those_that_were_sent(client, endpoint, allow_local):
    log_in(client)
    with Receiver() as receiver:
        type(endpoint).objects.update(url=receiver.url())
        client.post(f"/webhooks/{endpoint.pk}/test")
        turn(endpoint, timezone.now() + timedelta(minutes=1))
        sent = receiver.messages[0].headers

    delivery = WebhookDelivery.objects.get()
    page = markup_of(client.get(log_of(endpoint, delivery)))
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type"):
        assert f"{name}: {sent[name]}".lower() in page.lower()
    assert not SECRET.search(page)
    endpoint.refresh_from_db()
    endpoint.rotate(timezone.now() + timedelta(minutes=2))
    later = markup_of(client.get(log_of(endpoint, delivery)))
    assert sent["webhook-signature"] not in later
    assert "rotated since" in later


def test_page_shows_the_body_and_each_response_as_text(client, endpoint, delivery):
    log_in(client)

    page = client.get(log_of(endpoint, delivery)).content.decode()

    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert "<b>hi" not in page
    assert "&quot;max_members&quot;" in page
    assert "Fine." in page
    assert str(delivery.event.message_id) in page


def test_list_is_filtered_by_state_and_event(client, endpoint, delivery):
    log_in(client)
    client.post(f"/webhooks/{endpoint.pk}/test")
    shown = {
        query: client.get(f"{log_of(endpoint)}?{query}").content.decode().count('<th scope="row">')
        for query in (
            *("", "state=pending", "state=delivered", "event=webhook.test"),
            *("state=pending&event=room.settings_changed", "state=nothing"),
        )
    }

    assert list(shown.values()) == [2, 1, 1, 1, 0, 2]


def test_resend_queues_an_ended_delivery_once(client, endpoint, delivery):
    log_in(client)
    again = log_of(endpoint, delivery, "resend")

    first, second = client.post(again), client.post(again)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert messages_of(first)[-1] == "The delivery is queued again."
    assert messages_of(second)[-1] == "The delivery is already queued."
    assert "data-refresh" in client.get(log_of(endpoint, delivery)).content.decode()


def test_nothing_is_resent_to_a_disabled_endpoint(client, endpoint, delivery):
    log_in(client)
    endpoint.disable("by hand", timezone.now())

    response = client.post(log_of(endpoint, delivery, "resend"))

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert messages_of(response)[-1] == "Not sent: enable the webhook first."


def test_pending_delivery_is_given_up_by_its_page(client, endpoint, delivery):
    user = log_in(client)
    page = log_of(endpoint, delivery, "give-up")
    arrived = client.post(page)
    WebhookDelivery.objects.update(state=DeliveryState.PENDING)
    given_up = client.post(page)

    delivery.refresh_from_db()
    assert messages_of(arrived)[-1] == "The delivery has already ended."
    assert "is given up" in messages_of(given_up)[-1]
    assert (delivery.state, delivery.given_up_by) == ("given_up", f"user: {user.username}")


def test_changing_a_delivery_needs_the_change_permission(client, endpoint, delivery):
    log_in(client, "access.view_webhookendpoint", "access.view_webhookdelivery")

    for action in ("resend", "give-up"):
        assert client.post(log_of(endpoint, delivery, action)).status_code == 403
    assert b"Resend" not in client.get(log_of(endpoint, delivery)).content
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_long_log_of_calls_is_bounded(client, endpoint, delivery):
    log_in(client)
    call = {"delivery": delivery, "at": timezone.now(), "milliseconds": 1, "outcome": "Again."}
    WebhookAttempt.objects.bulk_create(WebhookAttempt(**call) for _ in range(80))

    page = client.get(log_of(endpoint, delivery)).content.decode()

    assert page.count("Again.") == 50
