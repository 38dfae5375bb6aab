"""POST /rooms: a room with the settings of the body, and defaults for the others."""

import pytest

from rooms.changes import create_room
from rooms.models import Room
from tests.factories import TESTS
from tests.support.api import ROOM_KEYS, ROOMS_URL, faults, nothing_changes, room_url

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

    assert response.status_code == 200
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
    assert location == room_url(response.json()["id"])
    assert api.get(location).status_code == 200


def test_null_means_the_default_if_put_accepts_null(api):
    response = api.post(
        ROOMS_URL,
        {"name": "lobby", "display_name": None, "description": None, "join_from": None}
        | {"join_until": None, "remove_at": None, "remove_after_seconds_elapsed": None}
        | {"meta": None},
    )

    assert response.status_code == 200
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

    assert response.status_code == 200
    assert response.json()["max_members"] == 5
    assert response.json()["record_on_start"] is False


@pytest.mark.parametrize("value", [True, False])
def test_sync_audio_video_sets_audio_video_sync(api, value):
    response = api.post(ROOMS_URL, {"name": "lobby", "sync_audio_video": value})

    assert response.status_code == 200
    assert response.json()["audio_video_sync"] is value


def test_unknown_and_read_only_keys_are_ignored(api):
    response = api.post(
        ROOMS_URL, {"name": "lobby", "id": "x", "fps": 30, "project": "x", "colour": "red"}
    )

    assert response.status_code == 200
    assert {name: response.json()[name] for name in DEFAULTS} == DEFAULTS


def test_validation_of_a_new_room_queries_only_its_name(project, django_assert_num_queries):
    with django_assert_num_queries(1):
        create_room(project.pk, {"name": "lobby", "max_members": 5}, by=TESTS, dry_run=True)
