"""Each address that changes something evaluates conditions (RFC 9110), or refuses them."""

import pytest

from tests.support.api import nothing_changes
from tests.support.openapi import (
    OPERATIONS,
    client_of_a_project,
    operation_of,
    parameters_of,
    send,
    things_of,
)
from tests.support.tables import each

pytestmark = pytest.mark.django_db
CONDITIONS = {"If-Match", "If-None-Match", "If-Unmodified-Since"}
WRITES = [name for name, (method, _) in OPERATIONS.items() if method != "get"]
VERSIONED = [name for name in WRITES if CONDITIONS.issubset(parameters_of(name))]
WITHOUT_VERSION = sorted(set(WRITES) - set(VERSIONED))
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
UNREADABLE = ['"1', "1", '*, "x"', '"x", *', '"1" "2"', "", ","]

# Each is a condition that no resource of these tests meets.
UNMET = [
    {"HTTP_IF_MATCH": '"999"'},
    {"HTTP_IF_MATCH": ', "999"'},
    {"HTTP_IF_MATCH": 'W/"1"'},
    {"HTTP_IF_MATCH": '"1-gzip"'},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_UNMODIFIED_SINCE": LONG_AGO},
    {"HTTP_IF_UNMODIFIED_SINCE": "yesterday"},
    *({"HTTP_IF_MATCH": text} for text in UNREADABLE),
    *({"HTTP_IF_NONE_MATCH": text} for text in UNREADABLE),
    {"HTTP_IF_MATCH": "*", "HTTP_IF_NONE_MATCH": "*"},
]


@pytest.fixture
def client():
    return client_of_a_project()


@pytest.fixture
def things(client):
    return things_of(client.project)


@each("name", WRITES)
def test_write_whose_condition_is_not_met_is_not_made(client, things, name):
    for headers in UNMET:
        with nothing_changes():
            response = send(client, name, things=things, **headers)

        assert response.status_code == 412, headers
        assert response.json()["detail"], headers


@each("name", VERSIONED)
def test_version_that_is_excluded_stops_the_write(client, things, name):
    current = send(client, name, things=things, HTTP_IF_MATCH='"999"')["ETag"]

    for tags in (current, f", {current}", f"W/{current}", f'"x", {current}'):
        with nothing_changes():
            response = send(client, name, things=things, HTTP_IF_NONE_MATCH=tags)

        assert response.status_code == 412, tags
        assert response.headers["ETag"] == current


@each("name", VERSIONED)
def test_version_that_is_named_lets_the_write_through(client, name):
    things = things_of(client.project, ended=name not in ("patch_room_session", "end_room_session"))
    current = send(client, name, things=things, HTTP_IF_MATCH='"999"')["ETag"]

    response = send(client, name, things=things, HTTP_IF_MATCH=f', "x", {current}')

    assert response.status_code < 300


@each("name", WITHOUT_VERSION)
def test_address_without_a_version_says_so(client, things, name):
    response = send(client, name, things=things, HTTP_IF_MATCH='"1"')

    assert response.json()["detail"] == "This address has no ETag: leave out If-Match."
    assert "ETag" not in response.headers


@each("name", WITHOUT_VERSION)
def test_address_without_a_version_takes_conditions_that_hold(client, name):
    headers = {"HTTP_IF_MATCH": "*", "HTTP_IF_NONE_MATCH": '"1"'}

    assert send(client, name, **headers).status_code < 300


@each("name", [name for name in WRITES if "dry_run" in parameters_of(name)])
def test_condition_that_is_not_met_stops_a_dry_run(client, things, name):
    headers = {"HTTP_IF_MATCH": '"999"', "QUERY_STRING": "dry_run=true"}

    assert send(client, name, things=things, **headers).status_code == 412


@each("name", VERSIONED)
def test_document_has_the_412_and_the_etag(name):
    assert "412" in operation_of(name)["responses"]


def test_each_versioned_resource_is_known():
    of_rooms = {"update_room", "patch_room", "delete_room", "revert_room_change"}
    of_webhooks = {"update_webhook", "delete_webhook", "rotate_webhook_secret"}
    of_deliveries = {"test_webhook", "redeliver_webhook"}
    of_sessions = {"patch_room_session", "end_room_session"}

    assert of_rooms | of_webhooks | of_deliveries | of_sessions <= set(VERSIONED)
