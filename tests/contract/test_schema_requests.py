"""Requests that the OpenAPI document allows are exactly those that the server accepts."""

import pytest

from tests.factories import RoomFactory
from tests.support.api import FORM, room_url
from tests.support.openapi import (
    OPERATIONS,
    client_of_a_project,
    operation_of,
    resolved,
    send,
    undescribed,
    validator_of,
)
from tests.support.tables import each

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of_a_project()


def test_examples_match_their_schemas():
    found = [
        (media_type["schema"], example["value"])
        for name in OPERATIONS
        for part in [operation_of(name).get("requestBody"), *answers_of(name)]
        for media_type in (part or {}).get("content", {}).values()
        for example in media_type.get("examples", {}).values()
    ]

    assert len(found) == 34
    for schema, value in found:
        validator_of(schema).validate(value)
        assert undescribed(schema, value) == set()


def answers_of(name):
    return [resolved(answer) for answer in operation_of(name)["responses"].values()]


VALUES = {
    "display_name": [
        None, "", " ", "a", "é", "🎉", "a\tb", "a\nb", "\u202e", "\u200b", "\x00", "\x7f",
        "x" * 200, "x" * 201, "🎉" * 200, 5, True,
    ],
    "description": [
        None, "", " ", "a\nb", "a\r\nb", "a\rb", "\t", "\x00", "x" * 3000, "x" * 3001,
    ],
    "max_members": [None, 0, 1, 20.0, 300, 301, 1.5, "30", True],
    "quality": [None, "720p", "1080p", "4k", "", 720],
    "join_from": [None, "", "1970-01-01", "2999-12-31", "1969-12-31", "3000-01-01", 5, True],
    "remove_after_seconds_elapsed": [None, 0, 1, 2**31 - 1, 2**31, "60"],
    "layout": [None, "10x10", "11x11", "GRID-RESPONSIVE"],
    "record_on_start": [None, True, False, 0, 1, "true", "yes"],
    "sync_audio_video": [None, True, 1],
    "meta": [None, {}, {"a": [1]}, [], "{}", 5],
}  # fmt: skip


@each(("field", "value"), [(field, value) for field, values in VALUES.items() for value in values])
def test_server_accepts_exactly_the_documented_values(client, field, value):
    room = RoomFactory(project=client.project)
    body = {field: value}

    response = client.put(room_url(room), body)

    schema = operation_of("update_room")["requestBody"]["content"]["application/json"]["schema"]
    assert response.status_code == (200 if validator_of(schema).is_valid(body) else 422)


FORMS = {
    "display_name": ["", " ", "a", "x" * 201],
    "max_members": ["", "30", "301"],
    "remove_at": ["", "2999-12-31", "3000-01-01"],
    "remove_after_seconds_elapsed": ["", "1", "0"],
    "layout": ["", "2x2"],
    "meta": ["", "{}"],
}


@each(("field", "text"), [(field, text) for field, texts in FORMS.items() for text in texts])
def test_server_accepts_exactly_the_documented_form_values(client, field, text):
    room = RoomFactory(project=client.project)

    response = client.put_form(room_url(room), {field: text})

    schema = operation_of("update_room")["requestBody"]["content"][FORM]["schema"]
    # A number in a form is sent as its digits.
    value = int(text) if text.isdigit() else text
    assert response.status_code == (200 if validator_of(schema).is_valid({field: value}) else 422)


@pytest.mark.parametrize("name", ["create_room", "update_room", "patch_room"])
def test_missing_body_is_refused_as_documented(client, name):
    assert operation_of(name)["requestBody"]["required"] is True

    response = send(client, name, body="")

    assert response.status_code == 400
