"""The version of a webhook is its ETag: it moves with each field that the API shows."""

import pytest
from django.utils import timezone

from access.models import WebhookEndpoint
from tests.support.api import nothing_changes
from tests.support.html import fields_of, log_in
from tests.support.webhook_admin import page_of
from tests.support.webhook_api import URL, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(api, endpoint):
    """Return the body and the ETag of a GET."""

    def read():
        response = api.get(url_of(endpoint))
        return response.json(), response.headers["ETag"]

    return read


def put(values):
    return lambda api, endpoint: api.put(url_of(endpoint), values)


def on_a_stored_copy(act):
    return lambda _, endpoint: act(WebhookEndpoint.objects.get(pk=endpoint.pk))


MOVES = {
    "url": put({"url": "https://other.example/"}),
    "description": put({"description": "other"}),
    "event types": put({"event_types": ["room.ended"]}),
    "disabled by API": put({"enabled": False}),
    "rotated by API": lambda api, endpoint: api.post(url_of(endpoint, "rotate")),
    "rotated": on_a_stored_copy(lambda one: one.rotate(timezone.now())),
    "disabled": on_a_stored_copy(lambda one: one.disable("Gone.", timezone.now())),
    "failing": on_a_stored_copy(lambda one: one.record_failure(timezone.now())),
}


@pytest.mark.parametrize("move", MOVES)
def test_change_of_what_is_shown_moves_the_version(api, endpoint, shown, move):
    body, etag = shown()
    MOVES[move](api, endpoint)

    assert (etag, shown()[1]) == ('"1"', '"2"')
    assert shown()[0] != body


def test_end_of_failures_and_enabling_move_the_version(endpoint, shown):
    for act, etag in (
        (lambda: endpoint.record_failure(timezone.now()), '"2"'),
        (endpoint.record_success, '"3"'),
        (lambda: endpoint.disable("Gone.", timezone.now()), '"4"'),
        (lambda: endpoint.enable(timezone.now()), '"5"'),
    ):
        act()
        assert shown()[1] == etag
        assert endpoint.version == int(etag.strip('"'))


@pytest.mark.parametrize(
    "stay",
    [
        put({}),
        put({"url": "https://receiver.example/", "enabled": True}),
        put({"description": "tried?", "url": 5}),
        lambda api, endpoint: api.put(f"{url_of(endpoint)}?dry_run=1", {"description": "tried"}),
        on_a_stored_copy(lambda one: one.record_success()),
    ],
)
def test_request_without_effect_keeps_the_version(api, endpoint, stay):
    with nothing_changes():
        stay(api, endpoint)


def test_further_failures_keep_the_version(endpoint, shown):
    for _ in range(3):
        endpoint.record_failure(timezone.now())

    endpoint.refresh_from_db()
    assert (endpoint.failures, shown()[1]) == (3, '"2"')


def test_form_of_staff_moves_the_version(client, endpoint, shown):
    log_in(client)
    fields = fields_of(client.get(page_of(endpoint)))
    client.post(page_of(endpoint), fields)
    assert shown()[1] == '"1"'

    client.post(page_of(endpoint), {**fields, "description": "Billing"})
    assert shown()[1] == '"2"'


def test_two_changes_at_once_move_the_version_twice(endpoint, shown):
    other = WebhookEndpoint.objects.get(pk=endpoint.pk)
    endpoint.rotate(timezone.now())
    other.disable("Gone.", timezone.now())

    assert shown()[1] == '"3"'


def test_changes_return_the_new_etag(api):
    created = api.post(URL, {"url": "https://receiver.example/"})
    address = f"{URL}/{created.json()['id']}"

    assert created.headers["ETag"] == '"1"'
    assert api.put(address, {"description": "other"}).headers["ETag"] == '"2"'
    assert api.put(address, {}).headers["ETag"] == '"2"'
    assert api.post(f"{address}/rotate").headers["ETag"] == '"3"'


def test_known_version_is_not_sent_again(api, endpoint):
    for tags in ('"1"', ', "1"', 'W/"1"', "*"):
        response = api.get(url_of(endpoint), HTTP_IF_NONE_MATCH=tags)

        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == '"1"'
    for tags in ('"2"', '"1', "1", '"1-gzip"', ""):
        assert api.get(url_of(endpoint), HTTP_IF_NONE_MATCH=tags).status_code == 200


def test_stale_etag_is_reported_before_errors_of_the_body(api, endpoint):
    with nothing_changes():
        response = api.put(url_of(endpoint), {"url": 5}, HTTP_IF_MATCH='"2"')

    assert response.status_code == 412
    assert response.json()["detail"] == "The webhook has changed since you read it. Read it again."
    assert response.headers["ETag"] == '"1"'
