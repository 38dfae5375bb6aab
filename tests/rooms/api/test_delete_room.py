"""DELETE /rooms/{id}: the room is deleted, its sessions and history are kept."""

import pytest

from rooms.models import Room, RoomChange
from sessions.models import RoomSession
from tests.factories import RoomFactory, SessionFactory
from tests.support.api import nothing_changes, room_url, session_url


def test_deleted_room_is_not_found(api, room):
    response = api.delete(room_url(room))

    assert response.status_code == 204
    assert response.content == b""
    assert not Room.objects.exists()
    assert api.get(room_url(room)).status_code == 404


def test_second_delete_is_not_found(api, room):
    api.delete(room_url(room))

    with nothing_changes():
        assert api.delete(room_url(room)).status_code == 404


def test_room_with_a_live_session_is_not_deleted(api, room):
    SessionFactory(room=room)

    with nothing_changes():
        response = api.delete(room_url(room))

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_past_sessions_are_kept_without_their_room(api, room):
    session = SessionFactory(room=room, ended=True)

    assert api.delete(room_url(room)).status_code == 204

    assert RoomSession.objects.get().room is None
    answer = api.get(session_url(session)).json()
    assert answer["room_id"] is None
    assert answer["name"] == room.name


def test_history_is_kept_and_records_the_deletion(api, room, token):
    api.delete(room_url(room), HTTP_X_REQUEST_ID="bye")

    deleted, created = RoomChange.objects.all()
    assert (created.action, created.version) == ("created", 1)
    assert (deleted.action, deleted.version) == ("deleted", 2)
    assert (deleted.author_id, deleted.request_id) == (str(token.pk), "bye")
    assert deleted.changes["name"] == [room.name, None]
    assert deleted.changes["max_members"] == [20, None]


def test_room_of_another_project_is_not_found(api):
    foreign = RoomFactory()

    with nothing_changes():
        assert api.delete(room_url(foreign)).status_code == 404


@pytest.mark.parametrize("spelled", ["{name}", "{hex}", "no-such-room"])
def test_room_is_deleted_only_by_its_id(api, room, spelled):
    path = spelled.format(name=room.name, hex=room.pk.hex)

    with nothing_changes():
        assert api.delete(room_url(path)).status_code == 404


def test_other_rooms_are_kept(api, project, room):
    other = RoomFactory(project=project)

    api.delete(room_url(room))

    assert Room.objects.get() == other


def test_list_of_rooms_cannot_be_deleted(api, room):
    with nothing_changes():
        assert api.delete("/api/video/rooms").status_code == 405
