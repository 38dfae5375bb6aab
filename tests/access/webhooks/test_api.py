"""The webhook API: what an API client can do with the webhooks of its project."""

import pytest
from django.utils import timezone

from access.models import WebhookAttempt, WebhookEndpoint
from access.webhooks.models import MOST_ENDPOINTS, OVERLAP
from tests.factories import WebhookEndpointFactory
from tests.support.api import faults, messages, nothing_changes
from tests.support.webhook_api import URL, sent, url_of

pytestmark = pytest.mark.django_db
NEW = {"url": "https://example.org/hook"}
KEYS = [
    *("id", "url", "description", "event_types", "enabled", "disabled_at", "disabled_reason"),
    *("failing_since", "former_secret_until", "created_at"),
]


def test_create(api, project):
    response = api.post(URL, {**NEW, "description": "Billing", "event_types": ["room.ended"]})

    endpoint = WebhookEndpoint.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == url_of(endpoint)
    assert list(body) == [*KEYS, "secret"]
    assert body["secret"] == endpoint.secret
    assert body["enabled"] is True
    assert (endpoint.project, endpoint.url) == (project, NEW["url"])
    assert (endpoint.description, endpoint.event_types) == ("Billing", ["room.ended"])


def test_default_is_all_event_types(api):
    assert api.post(URL, NEW).json()["event_types"] == []


def test_secret_is_returned_only_on_creation(api, endpoint):
    answers = [api.get(URL), api.get(url_of(endpoint)), api.put(url_of(endpoint), {})]

    assert not any("whsec_" in response.content.decode() for response in answers)
    assert list(answers[1].json()) == KEYS


def test_webhook_can_be_created_disabled(api):
    assert api.post(URL, {**NEW, "enabled": False}).json()["enabled"] is False
    assert WebhookEndpoint.objects.get().disabled_at is not None


def test_number_of_webhooks_is_limited(api, project):
    WebhookEndpointFactory.create_batch(MOST_ENDPOINTS, project=project)

    with nothing_changes():
        response = api.post(URL, NEW)

    assert response.status_code == 409
    assert "at most 20" in response.json()["detail"]
    assert api.put(url_of(WebhookEndpoint.objects.first()), NEW).status_code == 200


def test_all_errors_are_reported_together(api):
    with nothing_changes():
        response = api.post(URL, {"url": 5, "description": None, "event_types": {}, "enabled": 0})

    assert faults(response) == [
        ("url", "not_a_string"),
        ("description", "not_a_string"),
        ("event_types", "invalid_parameter"),
        ("enabled", "not_a_boolean"),
    ]


def test_message_names_the_field_the_rule_and_the_value(api):
    told = messages(api.post(URL, {"url": "https://127.0.0.1/", "description": "a\nb"}))

    assert told["url"] == "url: 127.0.0.1 is a private address."
    assert told["description"] == (
        "description must be text of at most 200 characters on one line, not blank, "
        'without control characters or bidi overrides, not "a\\nb".'
    )


def test_update_changes_only_the_named_fields(api, endpoint):
    before = WebhookEndpoint.objects.values().get()

    response = api.put(url_of(endpoint), {"event_types": ["room.ended"]})

    after = WebhookEndpoint.objects.values().get()
    assert response.status_code == 200
    assert {name for name in after if after[name] != before[name]} == {"event_types", "version"}


def test_response_can_be_sent_back_without_effect(api, endpoint):
    drawn = api.get(url_of(endpoint)).json()

    with nothing_changes():
        for prefer in ("handling=lenient", "handling=strict"):
            response = api.put(url_of(endpoint), drawn, HTTP_PREFER=prefer)
            assert response.json() == drawn


def test_unknown_fields_are_refused_in_strict_mode(api, endpoint):
    with nothing_changes():
        response = api.put(url_of(endpoint), {"retries": 5}, HTTP_PREFER="handling=strict")
        assert api.put(url_of(endpoint), {"retries": 5}).status_code == 200

    assert faults(response) == [("retries", "unknown_parameter")]


def test_disable_and_enable(api, endpoint):
    endpoint.failing_since, endpoint.failures = timezone.now(), 9
    endpoint.save()

    off = api.put(url_of(endpoint), {"enabled": False}).json()
    again = api.put(url_of(endpoint), {"enabled": False}).json()
    on = api.put(url_of(endpoint), {"enabled": True}).json()

    assert off["disabled_reason"] == "Disabled through the API."
    assert again == off
    assert (on["enabled"], on["disabled_at"], on["disabled_reason"]) == (True, None, "")
    assert on["failing_since"] is None


def test_delete_with_log(api, endpoint):
    sent(endpoint)

    assert api.delete(url_of(endpoint)).status_code == 204
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookAttempt.objects.exists()
    assert api.get(url_of(endpoint)).status_code == 404


def test_rotate_returns_the_new_secret_and_the_end_of_the_old_one(api, endpoint):
    before = endpoint.secret

    body = api.post(url_of(endpoint, "rotate")).json()

    endpoint.refresh_from_db()
    assert body["secret"] == endpoint.secret != before
    assert endpoint.secrets(timezone.now()) == [endpoint.secret, before]
    assert body["former_secret_until"] == endpoint.former_until.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert endpoint.former_until - timezone.now() <= OVERLAP


def test_list_is_paginated_and_limited_to_the_project(api, project):
    foreign = WebhookEndpointFactory()
    ours = [str(one.pk) for one in WebhookEndpointFactory.create_batch(3, project=project)]

    first = api.get(f"{URL}?page_size=2").json()
    second = api.get(first["links"]["next"]).json()

    listed = [row["id"] for row in first["data"] + second["data"]]
    assert listed == ours[::-1]
    assert str(foreign.pk) not in listed


@pytest.mark.parametrize(
    ("method", "more", "body"),
    [
        ("post", None, NEW),
        ("put", (), {"url": "https://example.com/", "enabled": False}),
        ("delete", (), None),
        ("post", ("rotate",), None),
        ("post", ("test",), None),
    ],
)
def test_dry_run_writes_nothing_and_shows_no_secret(api, endpoint, method, more, body):
    url = URL if more is None else url_of(endpoint, *more)

    with nothing_changes():
        response = getattr(api, method)(f"{url}?dry_run=true", *[body] if body else [])

    assert response.status_code in (200, 201, 204)
    assert response.status_code == 204 or response.json()["dry_run"] is True
    assert "whsec_" not in response.content.decode()
    assert "Location" not in response.headers
