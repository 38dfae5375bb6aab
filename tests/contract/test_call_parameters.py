"""Every call with unknown, repeated and unreadable parameters and preferences."""

from urllib.parse import urlencode

import pytest

from access.api.dry_run import resembles_dry_run
from tests.access.test_prefer import NEAR
from tests.support.api import faults, nothing_changes
from tests.support.api_routes import CALLS, PUBLIC
from tests.support.openapi import (
    OPERATIONS,
    client_of_a_project,
    operation_of,
    resolved,
    send,
    things_of,
)
from tests.support.tables import each

pytestmark = pytest.mark.django_db
CHANGING = [name for name, (method, _) in OPERATIONS.items() if method != "get"]
WITHOUT_DRY_RUN = {"create_room_token"}
STRICT = {"HTTP_PREFER": "handling=strict"}
# Each looks like a dry run, but does not request one.
UNREADABLE = [
    *("dry-run=true", "dry-run=false", 'dry-run="1"', "dry-run=0", "dryrun", "dry_run", "dryRun=1"),
    *('"dry-run"', "dry-run dry-run", "dry-run=x, dry-run", "handling=strict; dry-run", "dry run"),
    *("handling=dry-run", "wait=1, dry_run=true", "x; dryRun=true", 'dry-run="', "\xff"),
]
READABLE = ["dry-run", "dry-run=", 'dry-run=""', "wait=1,, DRY-RUN ; x=1, dry-run=no"]


@pytest.fixture
def client(db):
    return client_of_a_project()


@pytest.fixture
def call(client):
    """Send an operation to the same rows each time."""
    live, ended = (things_of(client.project, ended=ended) for ended in (False, True))

    def call(name, **extra):
        things = live if name == "patch_room_session" else ended
        return send(client, name, things=things, **extra)

    return call


def query_parameters(name):
    found = map(resolved, operation_of(name)["parameters"])
    return [parameter["name"] for parameter in found if parameter["in"] == "query"]


def test_the_document_has_every_call_that_changes_something():
    safe = ("get", "head", "options")
    calls = [(route, method) for route, method in CALLS if method not in safe]

    assert len(calls) == len(CHANGING)


@each("name", CHANGING)
def test_preferences_close_to_a_dry_run_are_refused(call, name):
    with nothing_changes():
        for header in UNREADABLE:
            assert faults(call(name, HTTP_PREFER=header))[0][0] == "Prefer", header


@each("name", CHANGING)
def test_preference_for_a_dry_run_writes_nothing(call, name):
    for header in READABLE:
        with nothing_changes():
            response = call(name, HTTP_PREFER=header)

        if name in WITHOUT_DRY_RUN:
            assert faults(response) == [("Prefer", "invalid_parameter")]
            continue
        assert response.status_code < 300
        assert response.status_code == 204 or response.json()["dry_run"]
        assert response.headers["Preference-Applied"] == "dry-run"


@each("name", CHANGING)
def test_parameters_close_to_dry_run_are_refused(call, name):
    with nothing_changes():
        for near in NEAR:
            for value in ("true", "false", ""):
                response = call(name, QUERY_STRING=urlencode({near: value}))
                assert "unknown_parameter" in [code for _, code in faults(response)], near


@each("name", CHANGING)
def test_unreadable_dry_run_is_refused(call, name):
    for value in ("", "yes", "TRUE", "2", " true", "true;", "null"):
        with nothing_changes():
            response = call(name, QUERY_STRING=urlencode({"dry_run": value}))

        assert faults(response) == [("dry_run", "not_a_boolean")]


@each("name", WITHOUT_DRY_RUN)
def test_call_without_a_dry_run_refuses_one(call, name):
    assert faults(call(name, QUERY_STRING="dry_run=true")) == [("dry_run", "invalid_parameter")]
    assert call(name, QUERY_STRING="dry_run=false").status_code == 200


@each("name", OPERATIONS)
def test_parameter_that_comes_twice_is_refused(call, name):
    with nothing_changes():
        for parameter in [*query_parameters(name), "dry_run", "colour"]:
            for first, second in (("x", "10"), ("10", "10"), ("", "")):
                response = call(name, QUERY_STRING=f"{parameter}={first}&{parameter}={second}")
                assert faults(response) == [(parameter, "invalid_parameter")]


@each("name", ["list_rooms"])
def test_parameter_is_the_same_however_its_name_is_escaped(call, name):
    response = call(name, QUERY_STRING="page_size=x&page%5Fsize=10")

    assert faults(response) == [("page_size", "invalid_parameter")]


@each("name", OPERATIONS)
def test_strict_handling_refuses_each_unknown_parameter(call, name):
    with nothing_changes():
        response = call(name, QUERY_STRING="colour=red&Page_Size=1", **STRICT)

    assert faults(response) == [
        ("colour", "unknown_parameter"),
        ("Page_Size", "unknown_parameter"),
    ]


@each("name", OPERATIONS)
def test_strict_handling_takes_each_documented_parameter(call, name):
    # A bulk change takes its options from the query only with a file.
    file = {"body": "name\r\n", "content_type": "text/csv"} if name == "change_rooms" else {}
    for parameter in query_parameters(name):
        response = call(name, QUERY_STRING=f"{parameter}=~", **STRICT, **file)
        found = faults(response) if response.status_code == 422 else []
        assert (parameter, "unknown_parameter") not in found


@each("name", OPERATIONS)
def test_strict_handling_is_confirmed_by_every_call(call, name):
    response = call(name, HTTP_PREFER="handling=strict")

    assert response.status_code < 300
    assert response.headers["Preference-Applied"] == "handling=strict"


@each("name", ["revert_bulk_change", "revert_room_change", "end_room_session"])
def test_strict_handling_refuses_unknown_keys_of_an_optional_body(call, name):
    with nothing_changes():
        response = call(name, body='{"overide": true}', **STRICT)

    assert faults(response) == [("overide", "unknown_parameter")]


@each("name", ["list_rooms", "get_room", "update_room"])
def test_unknown_parameters_are_ignored_without_strict_handling(call, name):
    assert call(name, QUERY_STRING="colour=red").status_code == 200


def test_no_other_parameter_looks_like_dry_run():
    names = {name for operation in OPERATIONS for name in query_parameters(operation)}

    assert {name for name in names if resembles_dry_run(name)} == {"dry_run"}


@pytest.mark.parametrize("route", sorted({route for route, _ in PUBLIC}))
def test_public_addresses_refuse_a_parameter_that_comes_twice(client, route):
    assert faults(client.get(f"/{route}?x=1&x=2")) == [("x", "invalid_parameter")]
