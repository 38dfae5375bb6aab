"""PUT and PATCH /rooms/{id}: which room is meant, methods and headers."""

import uuid

import pytest

from rooms.models import Room, RoomChange
from tests.factories import RoomFactory
from tests.support.api import nothing_changes, room_url


@pytest.mark.parametrize(
    "other",
    ["00000000-0000-0000-0000-000000000000", "no-such-room", "urn:uuid:{id}", "{hex}"],
)
def test_room_is_found_only_by_its_exact_id(api, room, other):
    path = other.format(id=room.pk, hex=room.pk.hex)

    with nothing_changes():
        response = api.put(room_url(path), {"max_members": 5})

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_room_cannot_be_changed_by_its_name(api, room):
    with nothing_changes():
        response = api.put(room_url(room.name), {"max_members": 5})

    assert response.status_code == 404


def test_room_of_another_project_is_not_found(api):
    other = RoomFactory()

    with nothing_changes():
        response = api.put(room_url(other), {"max_members": 5})

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_deleted_room_is_not_found(api, room):
    api.delete(room_url(room))

    response = api.put(room_url(room), {"max_members": 5})

    assert response.status_code == 404
    assert not Room.objects.exists()


def test_unsupported_method_is_refused(api, room):
    with nothing_changes():
        response = api.post(room_url(room), {"max_members": 5})

    assert response.status_code == 405
    assert response.json()["error"] == "Method Not Allowed"
    assert sorted(response.headers["Allow"].split(", ")) == [
        "DELETE",
        "GET",
        "HEAD",
        "OPTIONS",
        "PATCH",
        "PUT",
    ]


def test_slash_at_the_end_is_not_redirected(api, room):
    response = api.put(room_url(room) + "/", {"max_members": 5})

    assert response.status_code == 200
    assert response.json()["max_members"] == 5


def test_client_that_does_not_accept_json_is_refused(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 5}, HTTP_ACCEPT="application/xml")

    assert response.status_code == 406
    assert response.json()["error"] == "Not Acceptable"


@pytest.mark.parametrize("sent", ["abc-123", "a" * 128, "trace:1/2=x"])
def test_request_id_of_the_client_is_returned_and_recorded(api, room, sent):
    response = api.put(room_url(room), {"max_members": 5}, HTTP_X_REQUEST_ID=sent)

    assert response.headers["X-Request-Id"] == sent
    assert RoomChange.objects.first().request_id == sent


@pytest.mark.parametrize("sent", ["", "a b", "a" * 129, "é", "<script>", "-x"])
def test_invalid_request_id_is_replaced(api, room, sent):
    response = api.put(room_url(room), {"max_members": 0}, HTTP_X_REQUEST_ID=sent)

    assert uuid.UUID(response.headers["X-Request-Id"])
