"""Every parameter, field and page token with times that are outside of the calendar."""

import base64
import json
from uuid import UUID

import pytest

from rooms.filters import RoomFilter
from rooms.rules.join_policy import SCHEDULE
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes, room_url
from tests.support.openapi import (
    OPERATIONS,
    client_of_a_project,
    operation_of,
    resolved,
    send,
    things_of,
)
from tests.support.strange_times import STRANGE_TIMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db):
    return client_of_a_project()


def takes_a_time(schema):
    return any(part.get("format") == "date-time" for part in schema.get("anyOf", [schema]))


def times_in_the_query():
    for name in OPERATIONS:
        for parameter in map(resolved, operation_of(name)["parameters"]):
            if parameter["in"] == "query" and takes_a_time(resolved(parameter["schema"])):
                yield name, parameter["name"]


def times_in_the_body():
    for name in OPERATIONS:
        content = operation_of(name).get("requestBody", {}).get("content", {})
        schema = resolved(content.get("application/json", {}).get("schema", {}))
        for field, value in schema.get("properties", {}).items():
            if takes_a_time(resolved(value)):
                yield name, field


LISTS = [name for name in OPERATIONS if name.startswith("list_")]


def test_both_tables_have_the_known_fields():
    assert {("list_rooms", "starts_after"), ("get_room_admission", "at")} <= {*times_in_the_query()}
    assert {("update_room", name) for name in SCHEDULE} <= {*times_in_the_body()}


@pytest.mark.parametrize(("name", "parameter"), list(times_in_the_query()))
def test_query_refuses_a_strange_time(client, name, parameter):
    things = things_of(client.project)
    for text in STRANGE_TIMES:
        response = client.get(OPERATIONS[name][1].format(**things), {parameter: text})

        assert faults(response) == [(parameter, "not_a_datetime")], text


@pytest.mark.parametrize(("name", "field"), list(times_in_the_body()))
def test_body_refuses_a_strange_time(client, name, field):
    things = things_of(client.project, ended=name != "patch_room_session")
    for text in STRANGE_TIMES:
        with nothing_changes():
            response = send(client, name, json.dumps({field: text}), things=things)

        assert (field, "not_a_datetime") in faults(response), text


@pytest.mark.parametrize("field", SCHEDULE)
def test_csv_file_refuses_a_strange_time(client, field):
    room = RoomFactory(project=client.project)
    for text in STRANGE_TIMES:
        file = f"id,{field}\r\n{room.pk},{text}\r\n"
        with nothing_changes():
            response = client.post(f"{ROOMS_URL}/bulk", file, content_type="text/csv")

        assert response.status_code == 422, text
        assert response.json()["results"][0]["errors"][0]["code"] == "not_a_datetime"


@pytest.mark.parametrize("field", ["starts_after", "ends_before"])
def test_filter_of_a_bulk_change_refuses_a_strange_time(client, field):
    for text in STRANGE_TIMES:
        change = {"select": {"filter": {field: text}}, "change": {"set": {"quality": "1080p"}}}
        response = client.post(f"{ROOMS_URL}/bulk", change)

        assert field in [attribute for attribute, _ in faults(response)], text


def token(value, direction="PA"):
    encoded = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    return f"{direction}{UUID(int=2**128 - 1)}.{encoded}"


ORDERINGS = [value for value, _ in RoomFilter.base_filters["ordering"].extra["choices"]]
NUMBERS = ["1" * 5000, "99999999999999999999", "-99999999999999999999", "1.5", "nan", "", "x"]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_page_token_with_a_strange_value_names_no_page(client, ordering):
    RoomFactory(project=client.project)
    is_time = ordering.strip("-") in ("updated_at", *SCHEDULE)
    for text in [*STRANGE_TIMES, *NUMBERS]:
        if len(text) > 1000 and not is_time:
            continue
        for direction in ("PA", "PB"):
            page = {"page_number": 1, "page_token": token(text, direction), "ordering": ordering}
            response = client.get(ROOMS_URL, page)

            assert response.status_code in ((422,) if is_time else (200, 422)), text
            if response.status_code == 422:
                assert faults(response) == [("page_token", "page_token_is_invalid")]


@pytest.mark.parametrize("name", LISTS)
def test_page_token_of_another_ordering_names_no_page(client, name):
    path = OPERATIONS[name][1].format(**things_of(client.project))
    for text in STRANGE_TIMES[:4]:
        response = client.get(path, {"page_number": 1, "page_token": token(text)})

        assert faults(response) == [("page_token", "page_token_is_invalid")]


def test_page_token_keeps_the_microseconds_of_a_time(client):
    for _ in range(3):
        RoomFactory(project=client.project)

    first = client.get(ROOMS_URL, {"ordering": "updated_at", "page_size": 2}).json()
    second = client.get(first["links"]["next"]).json()
    names = [room["name"] for room in [*first["data"], *second["data"]]]

    assert len({*names}) == len(names) == 3


def test_room_with_the_last_time_is_shown_and_sorted(client):
    room = RoomFactory(project=client.project)
    for time in ("1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"):
        assert client.put(room_url(room), {"remove_at": time}).status_code == 200
        assert client.get(ROOMS_URL, {"ordering": "remove_at"}).json()["data"]
