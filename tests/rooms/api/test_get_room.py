"""GET /rooms/{id or name}."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from sessions.models import RoomSession
from tests.factories import RoomFactory, SessionFactory
from tests.support.api import ROOM_KEYS, SESSION_KEYS, nothing_changes, room_url


def test_room_is_found_by_its_id(api, room):
    response = api.get(room_url(room))

    assert response.status_code == 200
    assert list(response.json()) == ROOM_KEYS
    assert response.json()["id"] == str(room.pk)
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Content-Type"] == "application/json"


def test_room_is_found_by_its_name(api, room):
    assert api.get(room_url(room.name)).json() == api.get(room_url(room)).json()


@pytest.mark.parametrize("form", ["{hex}", "urn:uuid:{id}", "{{{id}}}", "{id} ", "{id}%0a"])
def test_other_notations_of_an_id_are_not_found(api, room, form):
    path = form.format(id=room.pk, hex=room.pk.hex)

    assert api.get(room_url(path)).status_code == 404


@pytest.mark.parametrize("name", ["nobody", "%00", "a%00b", "caf%C3%A9", "x" * 101, "a b", "%ff"])
def test_unknown_name_is_not_found(api, room, name):
    response = api.get(room_url(name))

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_names_are_case_sensitive(api, project):
    RoomFactory(project=project, name="Lobby")

    assert api.get(room_url("Lobby")).status_code == 200
    assert api.get(room_url("lobby")).status_code == 404


def test_rooms_of_another_project_are_not_found(api):
    foreign = RoomFactory(name="foreign")

    assert api.get(room_url(foreign)).status_code == 404
    assert api.get(room_url("foreign")).status_code == 404


def test_room_is_found_by_name_in_its_own_project(api, project):
    RoomFactory(name="lobby", max_members=5)
    RoomFactory(project=project, name="lobby", max_members=6)

    assert api.get(room_url("lobby")).json()["max_members"] == 6


def test_live_session_is_included(api, room):
    session = SessionFactory(room=room, start_time=datetime(2026, 1, 1, 12, tzinfo=UTC))
    SessionFactory(room=room, ended=True)

    active = api.get(room_url(room)).json()["active_session"]

    assert list(active) == SESSION_KEYS
    assert active["id"] == str(session.pk)
    assert active["room_id"] == str(room.pk)
    assert active["start_time"] == "2026-01-01T12:00:00Z"
    assert (active["end_time"], active["duration"]) == (None, None)
    assert active["status"] == "in-progress"


def test_active_session_is_null_without_a_live_session(api, room):
    SessionFactory(room=room, ended=True)

    assert api.get(room_url(room)).json()["active_session"] is None


def test_get_writes_nothing(api, room):
    with nothing_changes():
        api.get(room_url(room))


def test_head_returns_only_the_headers(api, room):
    response = api.head(room_url(room))

    assert response.status_code == 200
    assert response.headers["ETag"] == '"1"'
    assert response.content == b""


def test_times_are_serialized_in_utc_to_the_second(api, project):
    room = RoomFactory(project=project, join_from="2030-06-01T12:00:00+02:00")

    answer = api.get(room_url(room)).json()

    assert answer["join_from"] == "2030-06-01T10:00:00Z"
    assert len(answer["created_at"]) == len("2030-06-01T10:00:00Z")


def test_text_is_returned_as_stored(api, project):
    text = "<b>\u00e9 A\u030a \U0001f600 %s {0}</b>"
    room = RoomFactory(project=project, display_name=text, meta={"\u00e9": text})

    answer = api.get(room_url(room)).json()

    assert answer["display_name"] == text
    assert answer["meta"] == {"\u00e9": text}


def test_unknown_query_parameters_are_ignored(api, room):
    assert api.get(room_url(room), {"colour": "red", "page_size": "x"}).status_code == 200


@pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_known_version_is_answered_304(api, room, known):
    for name in (room.pk, room.name):
        response = api.get(room_url(name), HTTP_IF_NONE_MATCH=known)

        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == '"1"'
        assert response.headers["X-Request-Id"]


@pytest.mark.parametrize("known", ['"2"', "1", '""', "nonsense"])
def test_other_version_is_answered_with_the_room(api, room, known):
    assert api.get(room_url(room), HTTP_IF_NONE_MATCH=known).json()["id"] == str(room.pk)


def test_live_room_is_always_returned(api, room):
    SessionFactory(room=room)

    response = api.get(room_url(room), HTTP_IF_NONE_MATCH='"1"')

    assert response.json()["active_session"]["room_id"] == str(room.pk)


def test_recently_ended_session_prevents_304_for_a_time(api, room):
    SessionFactory(room=room, ended=True)
    assert api.get(room_url(room), HTTP_IF_NONE_MATCH='"1"').json()["active_session"] is None

    RoomSession.objects.update(
        start_time=F("start_time") - timedelta(hours=1), end_time=F("end_time") - timedelta(hours=1)
    )

    assert api.get(room_url(room), HTTP_IF_NONE_MATCH='"1"').status_code == 304


def test_numbers_are_returned_exactly(api, project):
    room = RoomFactory(project=project, meta={"large": 2**70, "exact": 0.1})

    assert api.get(room_url(room)).json()["meta"] == {"large": 2**70, "exact": 0.1}
