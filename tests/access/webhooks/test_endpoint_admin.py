from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from access.admin.webhooks import WebhookEndpointAdmin
from access.models import StaffSession, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from access.webhooks.models import MOST_ENDPOINTS
from tests.factories import ProjectFactory, WebhookEndpointFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of
from tests.support.webhook_admin import ENDPOINTS, SECRET, add, page_of

pytestmark = pytest.mark.django_db


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
    assert not any(part in str(session.get_decoded()) for session in StaffSession.objects.all())
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
    assert "no-store" in response.headers["Cache-Control"]
    assert endpoint.secrets(timezone.now()) == [shown, before]
    assert "Rotated the secret." in str(LogEntry.objects.get().get_change_message())


def test_disable_and_enable_report_the_number_and_can_be_repeated(client, endpoint):
    log_in(client)

    first = act(client, ENDPOINTS, "disable", [endpoint])
    again = act(client, ENDPOINTS, "disable", [endpoint])
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "Disabled by staff."
    on = act(client, ENDPOINTS, "enable", [endpoint])

    endpoint.refresh_from_db()
    assert messages_of(first) == ["1 endpoint disabled."]
    assert messages_of(again)[-2:] == ["0 endpoints disabled.", "1 needed no change."]
    assert messages_of(on)[-1] == "1 endpoint enabled."
    assert endpoint.disabled_at is None


def test_event_is_sent_to_enabled_endpoints(client, endpoint):
    off = WebhookEndpointFactory(disabled_at=timezone.now())
    log_in(client)

    response = act(client, ENDPOINTS, "send_test", [endpoint, off])

    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.event.type) == (endpoint, "webhook.test")
    assert messages_of(response) == [
        "1 test event queued.",
        "1 disabled endpoint was skipped.",
    ]


def test_list_warns_about_endpoints_disabled_after_failures(client, endpoint):
    log_in(client)
    quiet = client.get(ENDPOINTS)
    endpoint.failing_since = timezone.now()
    endpoint.save()
    endpoint.disable("Nothing could be delivered.", timezone.now())

    page = client.get(ENDPOINTS)

    assert messages_of(quiet) == []
    assert messages_of(page) == ["1 endpoint is disabled because its deliveries failed."]
    assert "Disabled" in page.content.decode()
    assert "Nothing could be delivered." in client.get(page_of(endpoint)).content.decode()


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


def test_selected_endpoints_are_deleted_with_their_logs(client, endpoint, delivery):
    log_in(client)
    sent = {"action": "delete_selected", "_selected_action": endpoint.pk, "post": "yes"}

    client.post(ENDPOINTS, sent)

    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()
