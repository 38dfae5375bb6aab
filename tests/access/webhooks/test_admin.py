import re
from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from access.admin.webhooks import WebhookEndpointAdmin
from access.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from access.staff.limits import StaffLimit
from access.webhooks.models import MOST_ENDPOINTS, DeliveryState
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, WebhookEndpointFactory
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db

ENDPOINTS = "/admin/access/webhookendpoint/"
DELIVERIES = "/admin/access/webhookdelivery/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def endpoint(project):
    return WebhookEndpointFactory(project=project)


@pytest.fixture
def delivery(endpoint, room):
    """A delivered webhook delivery, with its call in the log."""
    WebhookDelivery.objects.all().delete()
    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)
    delivery = WebhookDelivery.objects.get()
    now = timezone.now()
    WebhookDelivery.objects.update(state=DeliveryState.DELIVERED, attempts=1, ended_at=now)
    WebhookAttempt.objects.create(
        delivery=delivery, at=now, milliseconds=12, status=200, outcome="Fine.", answer="<b>hi</b>"
    )
    return delivery


def page_of(endpoint, page="change"):
    return reverse(f"admin:access_webhookendpoint_{page}", args=[endpoint.pk])


def add(client, **fields):
    sent = fields_of(client.get(f"{ENDPOINTS}add/"))
    return client.post(f"{ENDPOINTS}add/", {**sent, "url": "https://a.example/", **fields})


def act(client, path, action, rows):
    return client.post(path, {"action": action, "_selected_action": [row.pk for row in rows]})


# --- endpoints


def test_new_secret_is_shown_on_the_next_page_and_signs(client, project):
    log_in(client)

    response = add(client, project=project.pk, event_types=["room.ended", "member.left"])

    (shown,) = set(SECRET.findall(response.content.decode()))
    endpoint = WebhookEndpoint.objects.get()
    assert shown == endpoint.secret
    assert endpoint.event_types == ["room.ended", "member.left"]
    assert "no-store" in response.headers["Cache-Control"]


def test_secret_is_shown_once_and_not_stored(client, project):
    log_in(client)
    shown = SECRET.search(add(client, project=project.pk).content.decode())[0]
    endpoint = WebhookEndpoint.objects.get()

    pages = (ENDPOINTS, page_of(endpoint), page_of(endpoint, "history"))
    pages = [client.get(path).content.decode() for path in (*pages, "/admin/")]

    part = shown.removeprefix("whsec_")
    assert not any(part in page for page in pages)
    assert not any(part in str(session.get_decoded()) for session in Session.objects.all())
    assert not any(part in str(vars(entry)) for entry in LogEntry.objects.all())
    assert part not in str(WebhookEndpoint.objects.values().get())


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://user@a.example/"}, "url"),
        ({"url": "http://a.example/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://a.example/" + "a" * 2000}, "url"),
        ({"event_types": ["room.exploded"]}, "event_types"),
        ({"description": "a" * 201}, "description"),
        ({"description": "a\u202eb"}, "description"),
        ({"project": ""}, "project"),
    ],
)
def test_invalid_endpoint_is_refused(client, project, fields, name):
    log_in(client)

    response = add(client, **{"project": project.pk, **fields})

    assert name in response.context["adminform"].form.errors
    assert not WebhookEndpoint.objects.exists()


def test_number_of_endpoints_of_a_project_is_limited(client, project):
    WebhookEndpointFactory.create_batch(MOST_ENDPOINTS, project=project)
    log_in(client)

    response = add(client, project=project.pk)

    assert "project" in response.context["adminform"].form.errors
    assert WebhookEndpoint.objects.count() == MOST_ENDPOINTS
    assert "secret" not in SECRET.findall(response.content.decode())


def test_edited_endpoint_keeps_its_secret_and_project(client, endpoint):
    log_in(client)
    before = endpoint.secret
    sent = {**fields_of(client.get(page_of(endpoint))), "project": ProjectFactory().pk}

    response = client.post(page_of(endpoint), {**sent, "url": "https://b.example/"})

    project = endpoint.project
    endpoint.refresh_from_db()
    assert response.status_code == 302
    assert (endpoint.url, endpoint.project) == ("https://b.example/", project)
    assert endpoint.secret == before


def test_edit_does_not_overwrite_concurrent_changes_by_a_worker(client, endpoint):
    log_in(client)
    sent = fields_of(client.get(page_of(endpoint)))
    get_object = WebhookEndpointAdmin.get_object

    def read_and_be_overtaken(self, request, object_id, from_field=None):
        found = get_object(self, request, object_id, from_field)
        WebhookEndpoint.objects.update(failures=7, turn=endpoint.pk)
        return found

    with patch.object(WebhookEndpointAdmin, "get_object", read_and_be_overtaken):
        client.post(page_of(endpoint), {**sent, "description": "edited"})

    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.failures, endpoint.turn) == ("edited", 7, endpoint.pk)


def test_rotate_asks_for_confirmation_and_shows_the_new_secret(client, endpoint):
    log_in(client)
    before = endpoint.secret

    asked = client.get(page_of(endpoint, "rotate"))
    assert WebhookEndpoint.objects.get().generation == 1
    response = client.post(page_of(endpoint, "rotate"))

    (shown,) = set(SECRET.findall(response.content.decode()))
    endpoint.refresh_from_db()
    assert not SECRET.search(asked.content.decode())
    assert shown == endpoint.secret != before
    assert endpoint.secrets(timezone.now()) == [shown, before]
    assert "Rotated the secret." in str(LogEntry.objects.get().get_change_message())


def test_disable_and_enable_report_the_number_and_can_be_repeated(client, endpoint):
    log_in(client)

    first = act(client, ENDPOINTS, "disable", [endpoint])
    again = act(client, ENDPOINTS, "disable", [endpoint])
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "Disabled by hand."
    on = act(client, ENDPOINTS, "enable", [endpoint])

    endpoint.refresh_from_db()
    assert messages_of(first) == ["1 endpoint disabled."]
    assert messages_of(again)[-1] == "0 endpoints disabled, 1 was already so."
    assert messages_of(on)[-1] == "1 endpoint enabled."
    assert endpoint.disabled_at is None


def test_event_is_sent_to_enabled_endpoints(client, endpoint):
    off = WebhookEndpointFactory(disabled_at=timezone.now())
    log_in(client)

    response = act(client, ENDPOINTS, "send_test", [endpoint, off])

    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.event.type) == (endpoint, "webhook.test")
    assert messages_of(response) == [
        "Test events on their way: 1.",
        "Disabled, and sent nothing: 1.",
    ]


def test_list_warns_about_endpoints_disabled_after_failures(client, endpoint):
    log_in(client)
    quiet = client.get(ENDPOINTS)
    endpoint.failing_since = timezone.now()
    endpoint.save()
    endpoint.disable("Nothing could be delivered.", timezone.now())

    page = client.get(ENDPOINTS)

    assert messages_of(quiet) == []
    assert messages_of(page) == ["Disabled because nothing could be delivered: 1."]
    assert "Disabled" in page.content.decode()
    assert "Nothing could be delivered." in client.get(page_of(endpoint)).content.decode()


# --- deliveries


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
    assert messages_of(first) == ["On their way once more: 1."]
    assert messages_of(again)[-2:] == [
        "On their way once more: 0.",
        "On their way already: 1.",
    ]


def test_nothing_is_redelivered_to_a_disabled_endpoint(client, delivery, endpoint):
    endpoint.disable("by hand", timezone.now())
    log_in(client)

    response = act(client, DELIVERIES, "redeliver", [delivery])

    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert "Their endpoint is disabled, enable it first: 1." in messages_of(response)


def test_log_can_be_neither_edited_nor_deleted(client, delivery):
    log_in(client)

    assert client.get(f"{DELIVERIES}add/").status_code == 403
    client.post(f"{DELIVERIES}{delivery.pk}/change/", {"state": "given_up"})
    assert client.post(f"{DELIVERIES}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


# --- permissions


def test_staff_with_view_permission_cannot_change_anything(client, endpoint, delivery):
    log_in(client, "access.view_webhookendpoint", "access.view_webhookdelivery")

    assert client.get(ENDPOINTS).status_code == 200
    assert client.get(DELIVERIES).status_code == 200
    assert "Rotate" not in client.get(page_of(endpoint)).content.decode()
    assert client.post(page_of(endpoint, "rotate")).status_code == 403
    act(client, ENDPOINTS, "disable", [endpoint])
    act(client, ENDPOINTS, "send_test", [endpoint])
    act(client, DELIVERIES, "redeliver", [delivery])

    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert (endpoint.generation, endpoint.disabled_at) == (1, None)
    assert delivery.state == "delivered"
    assert WebhookEvent.objects.filter(type="webhook.test").count() == 0


def test_staff_limited_to_other_projects_find_nothing(client, endpoint, delivery):
    permissions = [f"access.{what}_webhookendpoint" for what in ("view", "change", "add")]
    user = log_in(client, *permissions, "access.view_webhookdelivery", "access.view_project")
    theirs = ProjectFactory(name="Theirs")
    StaffLimit.objects.create(user=user).projects.add(theirs)

    assert not client.get(ENDPOINTS).context["cl"].result_list
    assert not client.get(DELIVERIES).context["cl"].result_list
    assert client.post(page_of(endpoint, "rotate")).status_code == 404
    assert client.get(page_of(endpoint)).status_code == 302
    act(client, ENDPOINTS, "disable", [endpoint])
    act(client, DELIVERIES, "redeliver", [delivery])
    refused = add(client, project=endpoint.project_id)

    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert endpoint.disabled_at is None
    assert delivery.state == "delivered"
    assert "project" in refused.context["adminform"].form.errors
    assert SECRET.search(add(client, project=theirs.pk).content.decode())


@pytest.mark.parametrize("path", ["not-a-uuid/rotate/", "7/change/", "\x00/change/"])
def test_unknown_endpoint_url_is_not_a_server_error(client, path):
    log_in(client)

    assert client.get(f"{ENDPOINTS}{path}").status_code in (302, 404, 400)


def test_endpoint_is_deleted_with_its_log(client, endpoint, delivery):
    other = WebhookEndpointFactory()
    log_in(client)

    asked = client.get(page_of(endpoint, "delete"))
    client.post(page_of(endpoint, "delete"), {"post": "yes"})

    assert str(endpoint) in asked.content.decode()
    assert WebhookEndpoint.objects.get() == other
    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()


def test_deleting_needs_the_delete_permission(client, endpoint, delivery):
    log_in(client, "access.view_webhookendpoint", "access.change_webhookendpoint")

    assert client.post(page_of(endpoint, "delete"), {"post": "yes"}).status_code == 403
    act(client, ENDPOINTS, "delete_selected", [endpoint])

    assert WebhookEndpoint.objects.exists()


def test_selected_endpoints_are_deleted_with_their_logs(client, endpoint, delivery):
    log_in(client)
    sent = {"action": "delete_selected", "_selected_action": endpoint.pk, "post": "yes"}

    client.post(ENDPOINTS, sent)

    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()
