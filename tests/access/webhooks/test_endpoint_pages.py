"""The pages of webhook endpoints: list, create, edit, the secret shown once, and actions."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import StaffLimit, StaffSession, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from access.webhooks.models import MOST_ENDPOINTS
from tests.factories import ProjectFactory, WebhookEndpointFactory
from tests.support.html import fields_of, log_in, markup_of, messages_of
from tests.support.tables import each
from tests.support.webhook_admin import SECRET, add

pytestmark = pytest.mark.django_db
WEBHOOKS, NEW = "/webhooks", "/webhooks/new"
VIEW, ADD, CHANGE, DELETE = (
    f"access.{what}_webhookendpoint" for what in ("view", "add", "change", "delete")
)
LOG = "access.view_webhookdelivery"


def page_of(endpoint, action=""):
    return f"{WEBHOOKS}/{endpoint.pk}{action and '/'}{action}"


def everything():
    return [*WebhookEndpoint.objects.values(), *WebhookDelivery.objects.values()]


def test_new_secret_is_shown_after_a_redirect_and_signs(client, project):
    user = log_in(client)

    response = add(client, project=project.pk, event_types=["room.ended", "member.left"])

    endpoint, entry = WebhookEndpoint.objects.get(), LogEntry.objects.get()
    assert response.headers["Location"] == page_of(endpoint, "secret")
    page = client.get(response.headers["Location"])
    assert set(SECRET.findall(page.content.decode())) == {endpoint.secret}
    assert endpoint.event_types == ["room.ended", "member.left"]
    assert page.headers["Cache-Control"] == "no-store"
    assert (entry.user, entry.object_id) == (user, str(endpoint.pk))


def test_secret_is_shown_once_and_not_stored(client, project):
    log_in(client)
    response = add(client, project=project.pk)
    shown_at = response.headers["Location"]
    kept = [StaffSession.objects.get().get_decoded(), *LogEntry.objects.values()]
    part = SECRET.search(client.get(shown_at).content.decode())[0].removeprefix("whsec_")
    endpoint = WebhookEndpoint.objects.get()

    again = client.get(shown_at)

    assert again.status_code == 302
    assert messages_of(again)[-1].startswith("A secret is shown only once.")
    assert not any(part in str(one) for one in (*kept, WebhookEndpoint.objects.values().get()))
    assert part not in response.cookies.output()
    for path in (WEBHOOKS, page_of(endpoint), page_of(endpoint, "edit"), "/admin/"):
        assert part not in client.get(path).content.decode()


WRONG = [
    ({"url": "https://127.0.0.1/"}, "url", "127.0.0.1 is inside your network."),
    ({"url": "https://localhost/"}, "url", "localhost is inside your network."),
    ({"url": "https://[fe80::1]/"}, "url", "fe80::1 is inside your network."),
    ({"url": "https://user@a.example/"}, "url", "Enter an address such as https://"),
    ({"url": "http://a.example/"}, "url", "begins with https://"),
    ({"url": "https://2130706433/"}, "url", "2130706433 is not a host name."),
    ({"url": "https://[:::]/"}, "url", "::: is not a host name."),
    ({"url": "https://a.example:99999/"}, "url", "Enter a port from 1 to 65535."),
    ({"url": ""}, "url", "Enter an address."),
    ({"url": "https://a.example/" + "a" * 2000}, "url", "at most 2000"),
    ({"event_types": ["room.exploded"]}, "event_types", "Select a valid choice"),
    ({"description": "a" * 201}, "description", "at most 200"),
    ({"description": "a\u202eb"}, "description", ""),
    ({"project": ""}, "project", "Choose a project."),
]


@each(("fields", "name", "words"), WRONG)
def test_invalid_endpoint_is_refused_in_words(client, project, fields, name, words):
    log_in(client)

    response = add(client, **{"project": project.pk, **fields})

    (error,) = response.context["form"].errors[name]
    assert response.status_code == 422
    assert (list(response.context["form"].errors), words in error) == ([name], True)
    assert "url:" not in error
    assert not WebhookEndpoint.objects.exists()


def test_number_of_endpoints_of_a_project_is_limited(client, project):
    WebhookEndpointFactory.create_batch(MOST_ENDPOINTS, project=project)
    log_in(client)

    response = add(client, project=project.pk)

    assert "Delete one first." in str(response.context["form"].errors["project"])
    assert WebhookEndpoint.objects.count() == MOST_ENDPOINTS


def test_edit_saves_only_the_changed_fields_as_the_next_version(client, endpoint):
    log_in(client)
    page = page_of(endpoint, "edit")
    sent = {**fields_of(client.get(page)), "project": ProjectFactory().pk}
    WebhookEndpoint.objects.update(failures=7, description="by another")

    wrong = client.post(page, {**sent, "url": "https://10.0.0.1/"})
    saved = client.post(page, {**sent, "description": "by another", "url": "https://b.example/"})

    before = endpoint.secret, endpoint.project
    endpoint.refresh_from_db()
    assert (wrong.status_code, saved.status_code) == (422, 302)
    assert (endpoint.url, endpoint.failures, endpoint.version) == ("https://b.example/", 7, 2)
    assert (endpoint.secret, endpoint.project) == before


def test_rotate_asks_for_confirmation_and_shows_the_new_secret_once(client, endpoint):
    log_in(client)
    before, page = endpoint.secret, page_of(endpoint, "rotate")

    asked = client.get(page)
    assert WebhookEndpoint.objects.get().generation == 1
    shown = client.get(client.post(page).headers["Location"]).content.decode()

    endpoint.refresh_from_db()
    assert not SECRET.search(asked.content.decode())
    assert set(SECRET.findall(shown)) == {endpoint.secret} != {before}
    assert endpoint.secrets(timezone.now()) == [endpoint.secret, before]
    assert "Rotated the secret." in LogEntry.objects.get().get_change_message()
    assert not SECRET.search(client.get(page_of(endpoint, "secret"), follow=True).content.decode())


def test_disable_asks_and_enable_is_one_click(client, endpoint):
    log_in(client)

    client.get(page_of(endpoint, "disable"))
    assert WebhookEndpoint.objects.get().disabled_at is None
    client.post(page_of(endpoint, "disable"))
    off = markup_of(client.get(page_of(endpoint)))
    refused = client.post(page_of(endpoint, "test"))
    client.post(page_of(endpoint, "enable"))

    assert "Disabled by staff." in off
    assert "Send a test event" not in off
    assert messages_of(refused)[-1] == "Not sent: enable the webhook first."
    assert WebhookEndpoint.objects.get().disabled_at is None
    assert not WebhookDelivery.objects.exists()


def test_delete_asks_and_takes_the_log_along(client, endpoint, delivery):
    other = WebhookEndpointFactory()
    log_in(client)

    asked = client.get(page_of(endpoint, "delete"))
    assert WebhookEndpoint.objects.count() == 2
    response = client.post(page_of(endpoint, "delete"), follow=True)

    assert "deliveries is deleted, too" in asked.content.decode()
    assert f"The webhook for {endpoint.url} was deleted." in response.content.decode()
    assert WebhookEndpoint.objects.get() == other
    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()
    assert LogEntry.objects.get().is_deletion()


def test_list_shows_the_last_delivery_and_the_failures(client, endpoint, delivery):
    now = timezone.now()
    WebhookEndpointFactory(url="https://quiet.example/")
    failing = WebhookEndpointFactory(failures=3, failing_since=now)
    WebhookEndpoint.objects.filter(pk=failing.pk).update(
        next_turn_at=now + timezone.timedelta(seconds=50)
    )
    log_in(client)

    page = markup_of(client.get(WEBHOOKS))

    for words in ("Fine.", "Room settings changed", "3 failures in a row", "Next call:", "none"):
        assert words in page
    assert [page.count(f"pill-{kind}") for kind in ("works", "warning")] == [3, 1]


GETS = ("", "edit", "rotate", "disable", "delete", "deliveries")
POSTS = ("edit", "rotate", "disable", "enable", "delete", "test")


@each(
    ("held", "allowed"),
    [
        ([VIEW], {""}),
        ([VIEW, CHANGE], {"", "edit", "rotate", "disable"}),
        ([VIEW, DELETE], {"", "delete"}),
        ([VIEW, LOG], {"", "deliveries"}),
        ([CHANGE, DELETE, LOG], set()),
    ],
)
def test_pages_need_the_permissions_of_the_model(client, held, allowed):
    endpoint = WebhookEndpointFactory()
    log_in(client, *held)

    opened = {action for action in GETS if client.get(page_of(endpoint, action)).status_code == 200}

    assert opened == allowed
    assert (client.get(WEBHOOKS).status_code == 200) == (VIEW in held)
    assert client.get(NEW).status_code == 403
    before = WebhookEndpoint.objects.values().get()
    for action in set(POSTS) - allowed - ({"enable", "test"} if CHANGE in held else set()):
        assert client.post(page_of(endpoint, action)).status_code == 403
    assert WebhookEndpoint.objects.values().get() == before
    menu = client.get("/account/sign-ins").content.decode()
    assert ('href="/webhooks"' in menu) == (VIEW in held)


def test_limited_staff_neither_see_nor_change_other_projects(client, endpoint, delivery):
    user = log_in(client, VIEW, ADD, CHANGE, DELETE, LOG)
    StaffLimit.objects.create(user=user).projects.add(ProjectFactory())
    log = f"deliveries/{delivery.pk}"
    before = everything()

    for action in (*GETS, "secret", log):
        assert client.get(page_of(endpoint, action)).status_code == 404, action
    for action in (*POSTS, f"{log}/resend", f"{log}/give-up"):
        assert client.post(page_of(endpoint, action)).status_code == 404, action

    assert endpoint.url not in client.get(WEBHOOKS).content.decode()
    assert everything() == before


def test_lists_take_the_same_statements_for_many_rows(client, endpoint, delivery):
    log_in(client)
    counts = {WEBHOOKS: [], page_of(endpoint, "deliveries"): []}
    for more in (0, 15):
        WebhookEndpointFactory.create_batch(more, project=endpoint.project)
        for _ in range(more):
            WebhookDelivery.objects.create(
                endpoint=endpoint, event=delivery.event, key=delivery.key, due_at=timezone.now()
            )
        for path, found in counts.items():
            with CaptureQueriesContext(connection) as statements:
                client.get(path)
            found.append(len(statements))

    assert all(few == many <= 5 for few, many in counts.values()), counts
