"""POST /rooms: all errors of a body are reported, and unknown keys on request."""

import pytest

from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes


def test_all_errors_are_reported_together(api, project):
    RoomFactory(project=project, name="lobby")

    with nothing_changes():
        response = api.post(
            ROOMS_URL,
            {"name": "lobby", "max_members": "20", "meta": 5, "join_from": "2030-01-02"}
            | {"join_until": "2030-01-01"},
        )

    assert sorted(faults(response)) == [
        ("join_until", "invalid_join_until_date"),
        ("max_members", "not_an_integer"),
        ("meta", "not_a_hash"),
        ("name", "not_unique_within_project"),
    ]


def test_missing_name_does_not_hide_other_errors(api):
    with nothing_changes():
        response = api.post(ROOMS_URL, {"max_members": 0, "display_name": "\u200b"})

    assert sorted(faults(response)) == [
        ("display_name", "invalid_parameter"),
        ("max_members", "invalid_parameter"),
        ("name", "missing_required_parameter"),
    ]


def test_strict_handling_refuses_unknown_keys(api):
    with nothing_changes():
        response = api.post(
            ROOMS_URL, {"name": "lobby", "colour": "red", "fps": 30}, HTTP_PREFER="handling=strict"
        )

    assert sorted(faults(response)) == [
        ("colour", "unknown_parameter"),
        ("fps", "unknown_parameter"),
    ]


def test_strict_handling_refuses_an_id_from_the_client(api):
    # Even a valid one, because clients cannot choose the id of a room.
    with nothing_changes():
        response = api.post(
            ROOMS_URL,
            {"name": "lobby", "id": "00000000-0000-4000-8000-000000000000"},
            HTTP_PREFER="handling=strict",
        )

    assert faults(response) == [("id", "unknown_parameter")]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'[{"name":"a"}]'])
def test_body_that_is_no_object_is_a_bad_request(api, body):
    with nothing_changes():
        response = api.post(ROOMS_URL, body, content_type="application/json")

    assert response.status_code == 400
