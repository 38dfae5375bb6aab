from unittest.mock import patch

import pytest
from django.utils import timezone

from access.admin.webhooks import WebhookEndpointAdmin
from access.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.factories import ProjectFactory, WebhookEndpointFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of
from tests.support.webhook_admin import ENDPOINTS, page_of

pytestmark = pytest.mark.django_db


def test_add_leads_to_the_page_of_staff(client):
    log_in(client)

    assert client.get(f"{ENDPOINTS}add/").headers["Location"] == "/webhooks/new"


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://a.example/", ""])
def test_invalid_edit_is_refused(client, endpoint, url):
    log_in(client)

    response = client.post(
        page_of(endpoint), {**fields_of(client.get(page_of(endpoint))), "url": url}
    )

    assert len(response.context["adminform"].form.errors["url"]) == 1
    assert WebhookEndpoint.objects.get().url == endpoint.url


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


@pytest.mark.parametrize("path", ["not-a-uuid/change/", "7/change/", "\x00/change/"])
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
