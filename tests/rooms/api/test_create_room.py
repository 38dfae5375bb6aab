"""POST /rooms: a room with the settings of the body, and defaults for the others."""

import threading

import pytest
import requests
from django.core.exceptions import ValidationError
from django.db import connection

from rooms.changes import create_room
from rooms.models import Room, RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import (
    ROOM_KEYS,
    ROOMS_URL,
    basic,
    faults,
    messages,
    nothing_changes,
    room_url,
)

DEFAULTS = {
    "display_name": "lobby",
    "description": None,
    "max_members": 20,
    "quality": "720p",
    "fps": 20,
    "join_from": None,
    "join_until": None,
    "remove_at": None,
    "remove_after_seconds_elapsed": None,
    "layout": "grid-responsive",
    "record_on_start": False,
    "enable_room_previews": False,
    "audio_video_sync": False,
    "sync_audio_video": False,
    "meta": {},
    "active_session": None,
}


def test_name_is_enough_for_a_room_with_defaults(api, project):
    response = api.post(ROOMS_URL, {"name": "lobby"})

    assert response.status_code == 201
    answer = response.json()
    assert list(answer) == ROOM_KEYS
    assert {name: answer[name] for name in DEFAULTS} == DEFAULTS
    room = Room.objects.get()
    assert str(room.pk) == answer["id"]
    assert (room.project, room.version) == (project, 1)
    assert answer["created_at"] == answer["updated_at"]


def test_response_equals_the_room_as_read(api):
    created = api.post(ROOMS_URL, {"name": "lobby", "max_members": 5, "meta": {"a": 1}})

    read = api.get(room_url(created.json()["id"]))

    assert read.json() == created.json()
    assert read.headers["ETag"] == created.headers["ETag"] == '"1"'


def test_location_header_leads_to_the_room(api):
    response = api.post(ROOMS_URL, {"name": "lobby"})

    location = response.headers["Location"]
    assert location == "http://testserver" + room_url(response.json()["id"])
    assert api.get(location).status_code == 200


def test_null_means_the_default_if_put_accepts_null(api):
    response = api.post(
        ROOMS_URL,
        {"name": "lobby", "display_name": None, "description": None, "join_from": None}
        | {"join_until": None, "remove_at": None, "remove_after_seconds_elapsed": None}
        | {"meta": None},
    )

    assert response.status_code == 201
    assert {name: response.json()[name] for name in DEFAULTS} == DEFAULTS


def test_null_is_refused_if_put_refuses_it(api):
    with nothing_changes():
        response = api.post(
            ROOMS_URL, {"name": "lobby", "max_members": None, "layout": None, "quality": None}
        )

    assert sorted(faults(response)) == [
        ("layout", "invalid_parameter"),
        ("max_members", "not_an_integer"),
        ("quality", "invalid_parameter"),
    ]


def test_form_body_creates_a_room(api):
    response = api.post_form(ROOMS_URL, {"name": "lobby", "max_members": "5", "description": ""})

    assert response.status_code == 201
    assert response.json()["max_members"] == 5
    assert response.json()["record_on_start"] is False


@pytest.mark.parametrize("value", [True, False])
def test_sync_audio_video_sets_audio_video_sync(api, value):
    response = api.post(ROOMS_URL, {"name": "lobby", "sync_audio_video": value})

    assert response.status_code == 201
    assert response.json()["audio_video_sync"] is value


def test_name_is_required(api):
    with nothing_changes():
        response = api.post(ROOMS_URL, {})

    assert faults(response) == [("name", "missing_required_parameter")]
    assert messages(response)["name"] == "name is required."


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (None, "not_a_string"),
        (5, "not_a_string"),
        (["lobby"], "not_a_string"),
        ("", "invalid_parameter"),
        ("two words", "invalid_parameter"),
        ("lobby\n", "invalid_parameter"),
        ("lobby\x00", "invalid_parameter"),
        ("x" * 101, "invalid_parameter"),
        ("caf\u00e9", "invalid_parameter"),
        ("\ud800", "invalid_parameter"),
    ],
)
def test_invalid_name_is_refused_with_one_error(api, name, code):
    with nothing_changes():
        response = api.post(ROOMS_URL, {"name": name})

    assert faults(response) == [("name", code)]


@pytest.mark.parametrize("name", ["a", "x" * 100, "-", "_", "A-z_0", "123"])
def test_every_name_of_allowed_characters_is_accepted(api, name):
    response = api.post(ROOMS_URL, {"name": name})

    assert response.status_code == 201
    assert response.json()["name"] == name


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
        response = api.post(ROOMS_URL, {"max_members": 0, "display_name": ""})

    assert sorted(faults(response)) == [
        ("display_name", "invalid_parameter"),
        ("max_members", "invalid_parameter"),
        ("name", "missing_required_parameter"),
    ]


def test_name_is_unique_in_a_project(api, project):
    RoomFactory(project=project, name="lobby")

    with nothing_changes():
        response = api.post(ROOMS_URL, {"name": "lobby"})

    assert faults(response) == [("name", "not_unique_within_project")]


def test_name_taken_during_the_request_is_refused_with_the_same_message(project):
    taken = []

    def take_it(execute, sql, *rest):
        result = execute(sql, *rest)
        if not taken and sql.startswith("SELECT"):
            taken.append(sql)
            RoomFactory(project=project, name="lobby")
        return result

    with connection.execute_wrapper(take_it), pytest.raises(ValidationError) as refusal:
        create_room(project.pk, {"name": "lobby"}, by=TESTS)

    assert [error.code for error in refusal.value.error_dict["name"]] == [
        "not_unique_within_project"
    ]
    assert (Room.objects.count(), RoomChange.objects.count()) == (1, 1)


def test_names_are_case_sensitive(api, project):
    RoomFactory(project=project, name="lobby")

    assert api.post(ROOMS_URL, {"name": "Lobby"}).status_code == 201


def test_name_of_another_projects_room_can_be_used(api):
    RoomFactory(name="lobby")

    assert api.post(ROOMS_URL, {"name": "lobby"}).status_code == 201


def test_name_of_a_deleted_room_can_be_used_again(api, project):
    room = RoomFactory(project=project, name="lobby")
    api.delete(room_url(room))

    assert api.post(ROOMS_URL, {"name": "lobby"}).status_code == 201


def test_unknown_and_read_only_keys_are_ignored(api):
    response = api.post(
        ROOMS_URL, {"name": "lobby", "id": "x", "fps": 30, "project": "x", "colour": "red"}
    )

    assert response.status_code == 201
    assert {name: response.json()[name] for name in DEFAULTS} == DEFAULTS


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


def test_only_one_of_many_concurrent_creates_gets_a_name(greenroom):
    token = TokenFactory(project=ProjectFactory())
    answers = []
    together = threading.Barrier(6)

    def create():
        together.wait()
        answers.append(
            requests.post(
                greenroom.url + ROOMS_URL,
                json={"name": "lobby"},
                headers={"Authorization": basic(token.project_id, token.secret)},
                timeout=30,
            )
        )

    for _ in range(5):
        answers.clear()
        Room.objects.all().delete()
        RoomChange.objects.all().delete()
        writers = [threading.Thread(target=create) for _ in range(6)]
        [writer.start() for writer in writers]
        [writer.join() for writer in writers]

        assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5
        codes = {a.json()["errors"][0]["code"] for a in answers if a.status_code == 422}
        assert codes == {"not_unique_within_project"}
        assert Room.objects.count() == 1
        assert RoomChange.objects.count() == 1


def test_message_names_the_taken_name(api, room):
    response = api.post(ROOMS_URL, {"name": room.name})

    assert messages(response) == {
        "name": f'name must be unique in its project: there is a room "{room.name}" already.'
    }


def test_validation_of_a_new_room_queries_only_its_name(project, django_assert_num_queries):
    with django_assert_num_queries(1):
        create_room(project.pk, {"name": "lobby", "max_members": 5}, by=TESTS, dry_run=True)
