"""PUT and PATCH /rooms/{id}: only the fields in the body are changed."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.changes import change_room
from rooms.changes.validation import validate_change
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOM_KEYS, faults, messages, nothing_changes, room_url
from tests.support.room_values import EVERYTHING, NOON


def test_every_setting_is_stored_and_returned_as_sent(change, room):
    response = change(EVERYTHING)

    assert response.status_code == 200
    answer = response.json()
    assert {name: answer[name] for name in EVERYTHING} == EVERYTHING
    room.refresh_from_db()
    assert room.join_from == NOON
    assert list(room.meta) == ["b", "a"]
    assert room.version == 2


def test_response_has_the_contracts_keys_in_order(change, room):
    answer = change({"max_members": 5}).json()

    assert list(answer) == ROOM_KEYS
    assert answer["id"] == str(room.pk)
    assert answer["name"] == room.name
    assert answer["fps"] == 20
    assert answer["active_session"] is None
    assert answer["created_at"].endswith("Z")


def test_other_fields_keep_their_values(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    answer = api.put(room_url(room), {"description": "other"}).json()

    assert {name: answer[name] for name in EVERYTHING} == {**EVERYTHING, "description": "other"}


def test_change_increases_updated_at_and_version(change, room):
    before = room.updated_at

    change({"max_members": 5})

    room.refresh_from_db()
    assert room.updated_at > before
    assert room.version == 2


def test_updated_at_never_decreases(change, room):
    # Another server, whose clock is ahead, made the last change.
    ahead = datetime(2999, 1, 1, tzinfo=UTC)
    Room.objects.update(updated_at=ahead)

    change({"max_members": 5})

    room.refresh_from_db()
    assert (room.updated_at, room.version) == (ahead, 2)


def test_empty_object_changes_nothing(change, room):
    with nothing_changes():
        response = change({})

    assert response.status_code == 200
    assert response.headers["ETag"] == '"1"'
    assert list(response.json()) == ROOM_KEYS


def test_unchanged_values_change_nothing(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    with nothing_changes():
        response = api.put(room_url(room), EVERYTHING)

    assert response.status_code == 200


def test_response_of_get_can_be_sent_back(api, project):
    room = RoomFactory(project=project, **EVERYTHING)
    SessionFactory(room=room)
    answer = api.get(room_url(room)).json()

    with nothing_changes():
        response = api.put(room_url(room), answer, HTTP_PREFER="handling=strict")

    assert response.status_code == 200
    assert response.json() == answer


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_empty_body_is_refused(change, content_type):
    with nothing_changes():
        response = change(b"", content_type=content_type)

    assert response.status_code == 400
    assert response.json()["error"] == "Bad Request"


def test_unchanged_name_is_accepted(change, room):
    response = change({"name": room.name, "max_members": 5})

    assert response.status_code == 200


@pytest.mark.parametrize("name", ["other", "", None, 5, "ROOM-0", ["room"]])
def test_other_name_is_refused(change, name):
    with nothing_changes():
        response = change({"name": name, "max_members": 5})

    assert faults(response) == [("name", "invalid_parameter")]
    assert messages(response)["name"] == "name is fixed once a room is created."


def test_all_errors_are_reported_together_and_nothing_is_changed(change):
    with nothing_changes():
        response = change(
            {
                "max_members": 0,
                "quality": "bad",
                "join_from": "x",
                "record_on_start": "yes",
                "layout": "grid-responsive-mobile",
                "meta": [],
                "name": "other",
                "display_name": "\u200b",
            }
        )

    assert sorted(faults(response)) == [
        ("display_name", "invalid_parameter"),
        ("join_from", "not_a_datetime"),
        ("max_members", "invalid_parameter"),
        ("meta", "not_a_hash"),
        ("name", "invalid_parameter"),
        ("quality", "invalid_parameter"),
        ("record_on_start", "not_a_boolean"),
    ]


def test_error_has_the_contracts_form(change):
    with nothing_changes():
        response = change({"max_members": 301})

    assert response.json() == {
        "errors": [
            {
                "type": "validation_error",
                "code": "invalid_parameter",
                "message": "max_members must be a whole number from 1 to 300, not 301.",
                "attribute": "max_members",
                "url": "http://testserver/api/docs#invalid_parameter",
            }
        ]
    }


def test_change_of_a_live_room_does_not_change_its_session(api, project):
    session = SessionFactory(room=RoomFactory(project=project))

    response = api.put(room_url(session.room), {"max_members": 5, "display_name": "Other"})

    assert response.status_code == 200
    active = response.json()["active_session"]
    assert (active["id"], active["max_members"]) == (str(session.pk), 20)
    session.refresh_from_db()
    assert session.max_members == 20
    assert session.display_name != "Other"


def test_only_changed_columns_are_written(room):
    with CaptureQueriesContext(connection) as statements:
        change_room(Room.objects.all(), room.pk, {"max_members": 5, "quality": "720p"}, by=TESTS)

    [settings] = re.findall(r'UPDATE "rooms_room" SET (.*?) WHERE', str(list(statements)))
    # Each change also unmarks a room that a token made.
    always = {"version", "updated_at", "auto_created"}
    assert set(re.findall(r'"(\w+)" =', settings)) == {"max_members", *always}


def test_validation_needs_no_query(room, django_assert_num_queries):
    with django_assert_num_queries(0):
        change = validate_change(room, EVERYTHING)

    assert set(change.moved) == set(EVERYTHING)
