"""POST /rooms: the name is required, valid, and unique in the project."""

import threading

import pytest
import requests
from django.core.exceptions import ValidationError
from django.db import connection

from rooms.changes import create_room
from rooms.models import Room, RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import ROOMS_URL, basic, faults, messages, nothing_changes, room_url


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

    assert response.status_code == 200
    assert response.json()["name"] == name


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

    assert api.post(ROOMS_URL, {"name": "Lobby"}).status_code == 200


def test_name_of_another_projects_room_can_be_used(api):
    RoomFactory(name="lobby")

    assert api.post(ROOMS_URL, {"name": "lobby"}).status_code == 200


def test_name_of_a_deleted_room_can_be_used_again(api, project):
    room = RoomFactory(project=project, name="lobby")
    api.delete(room_url(room))

    assert api.post(ROOMS_URL, {"name": "lobby"}).status_code == 200


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

        assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5
        codes = {a.json()["errors"][0]["code"] for a in answers if a.status_code == 422}
        assert codes == {"not_unique_within_project"}
        assert Room.objects.count() == 1
        assert RoomChange.objects.count() == 1


def test_message_names_the_taken_name(api, room):
    response = api.post(ROOMS_URL, {"name": room.name})

    assert messages(response) == {
        "name": f'name must be unique in its project: there is a room "{room.name}" already.'
    }
