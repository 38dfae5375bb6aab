import pytest

from access.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from access.staff.limits import StaffLimit
from access.webhooks.models import DeliveryState
from tests.factories import ProjectFactory
from tests.support.admin import act
from tests.support.html import log_in
from tests.support.webhook_admin import DELIVERIES, ENDPOINTS, add, page_of

pytestmark = pytest.mark.django_db


def test_staff_with_view_permission_cannot_change_anything(client, endpoint, delivery):
    log_in(client, "access.view_webhookendpoint", "access.view_webhookdelivery")

    assert client.get(ENDPOINTS).status_code == 200
    assert client.get(DELIVERIES).status_code == 200
    assert "Rotate" not in client.get(page_of(endpoint)).content.decode()
    assert client.post(f"/webhooks/{endpoint.pk}/rotate").status_code == 403
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
    assert client.post(f"/webhooks/{endpoint.pk}/rotate").status_code == 404
    assert client.get(page_of(endpoint)).status_code == 302
    act(client, ENDPOINTS, "disable", [endpoint])
    act(client, DELIVERIES, "redeliver", [delivery])
    refused = add(client, project=endpoint.project_id)

    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert endpoint.disabled_at is None
    assert delivery.state == "delivered"
    assert "project" in refused.context["form"].errors
    assert add(client, project=theirs.pk).status_code == 302


@pytest.mark.parametrize("limited", [True, False])
def test_delivery_is_given_up_only_by_staff_of_its_project_with_the_permission(
    client, delivery, limited
):
    WebhookDelivery.objects.update(state=DeliveryState.PENDING)
    what = "change" if limited else "view"
    user = log_in(client, "access.view_webhookdelivery", f"access.{what}_webhookendpoint")
    if limited:
        StaffLimit.objects.create(user=user).projects.add(ProjectFactory())

    act(client, DELIVERIES, "give_up", [delivery])

    delivery.refresh_from_db()
    assert delivery.state == "pending"


def test_deleting_needs_the_delete_permission(client, endpoint, delivery):
    log_in(client, "access.view_webhookendpoint", "access.change_webhookendpoint")

    assert client.post(page_of(endpoint, "delete"), {"post": "yes"}).status_code == 403
    act(client, ENDPOINTS, "delete_selected", [endpoint])

    assert WebhookEndpoint.objects.exists()
