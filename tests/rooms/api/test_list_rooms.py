"""GET /rooms: keyset pages, filters and orderings."""

import uuid

import pytest

from rooms.changes import delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOM_KEYS, ROOMS_URL
from tests.support.api_pages import links, make, names


# --- body
def test_list_has_links_and_rooms_newest_first(api, project):
    newest_first = make(project, 3)

    response = api.get(ROOMS_URL)

    assert names(response) == newest_first
    assert list(response.json()) == ["links", "data"]
    assert links(response) == {
        "self": "/api/video/rooms",
        "first": "/api/video/rooms?page_number=0&page_size=50",
    }
    assert list(response.json()["data"][0]) == ROOM_KEYS


def test_project_without_rooms_has_an_empty_list(api):
    response = api.get(ROOMS_URL)

    assert response.json()["data"] == []
    assert set(links(response)) == {"self", "first"}


def test_rooms_of_other_projects_are_not_listed(api, project):
    RoomFactory(name="foreign")
    make(project, 1)

    assert names(api.get(ROOMS_URL)) == ["r0"]


def test_sessions_are_included_only_on_request(api, project):
    session = SessionFactory(room=RoomFactory(project=project))

    plain = api.get(ROOMS_URL).json()["data"]
    asked = api.get(ROOMS_URL, {"include_active_session": "true"}).json()["data"]

    assert plain[0]["active_session"] is None
    assert asked[0]["active_session"]["id"] == str(session.pk)


# --- pages
def test_default_page_size_is_fifty(api, project):
    newest_first = make(project, 51)

    response = api.get(ROOMS_URL)

    assert names(response) == newest_first[:50]
    assert names(api.get(links(response)["next"])) == newest_first[50:]


def test_room_created_between_two_pages_shifts_nothing(api, project):
    newest_first = make(project, 4)
    first = api.get(ROOMS_URL, {"page_size": 2})
    RoomFactory(project=project, name="late")

    second = api.get(links(first)["next"])

    assert names(second) == newest_first[2:]
    assert names(api.get(links(second)["prev"])) == newest_first[:2]


@pytest.mark.parametrize("deleted", ["r3", "r2"])
def test_room_deleted_between_two_pages_shifts_nothing(api, project, deleted):
    # The token of the next page points at r2.
    newest_first = make(project, 5)
    first = api.get(ROOMS_URL, {"page_size": 2})
    gone = Room.objects.get(name=deleted)
    delete_room(Room.objects.all(), gone.pk, by=TESTS)

    second = api.get(links(first)["next"])

    assert names(first) == ["r4", "r3"]
    assert names(second) == ["r2", "r1"] if deleted == "r3" else ["r1", "r0"]
    assert newest_first[0] in names(api.get(links(second)["prev"]))


def test_rooms_of_another_project_cannot_be_listed_by_parameters(api):
    RoomFactory(name="foreign")

    assert api.get(ROOMS_URL, {"id": uuid.uuid4(), "project": "x"}).json()["data"] == []
