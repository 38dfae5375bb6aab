"""Changes that cannot be lost: ETag, If-Match and their kin (RFC 9110, section 13)."""

from datetime import timedelta

import pytest
from django.utils.http import http_date

from rooms.changes import Stale, change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import nothing_changes, room_url

CHANGE = {"max_members": 5}


@pytest.fixture
def room(project):
    """A room at version 3."""
    room = RoomFactory(project=project)
    for number in (30, 40):
        room = change_room(Room.objects.all(), room.pk, {"max_members": number}, by=TESTS).room
    return room


@pytest.fixture(params=["put", "patch", "delete"])
def attempt(request, api, room):
    """Change or delete the room under a condition."""

    def send(**headers):
        body = () if request.param == "delete" else (CHANGE,)
        return getattr(api, request.param)(room_url(room), *body, headers=headers)

    return send


def test_the_etag_is_the_version(api, room):
    assert api.get(room_url(room)).headers["ETag"] == '"3"'


def test_a_change_answers_the_new_etag(api, room):
    assert api.put(room_url(room), CHANGE).headers["ETag"] == '"4"'
    assert api.get(room_url(room)).headers["ETag"] == '"4"'


def test_a_change_of_nothing_keeps_the_etag(api, room):
    assert api.put(room_url(room), {}).headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    "tags",
    ['"3"', '"1", "2", "3"', '"3","9"', ' "3" ', "*", " * ", '"a,b", "3"', 'W/"9", "3"', '"", "3"'],
)
def test_a_tag_that_matches_lets_the_change_through(attempt, tags):
    assert attempt(if_match=tags).status_code in (200, 204)


@pytest.mark.parametrize(
    "tags",
    [
        '"2"',
        '"4"',
        '"1", "2"',
        'W/"3"',
        'w/"3"',
        "3",
        "'3'",
        '"3',
        '3"',
        '"03"',
        '"3.0"',
        '" 3"',
        '"3" "4"',
        '"x" *',
        '"3", x',
        "",
        '""',
        "\u0663",
    ],
)
def test_any_other_tag_stops_it(attempt, tags):
    with nothing_changes():
        response = attempt(if_match=tags)

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'
    assert response.json()["error"] == "Precondition Failed"


def test_without_a_condition_a_change_goes_through(attempt):
    assert attempt().status_code in (200, 204)


def test_a_stale_tag_stops_even_a_change_of_nothing(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {}, headers={"if-match": '"2"'})

    assert response.status_code == 412


def test_a_stale_tag_is_told_before_the_faults_of_the_body(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 0}, headers={"if-match": '"2"'})

    assert response.status_code == 412


@pytest.mark.parametrize("tags", ["*", '"3"', 'W/"3"', '"1", "3"'])
def test_if_none_match_stops_the_change_of_a_room_that_matches(attempt, tags):
    with nothing_changes():
        response = attempt(if_none_match=tags)

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'


def test_if_none_match_of_another_version_lets_the_change_through(attempt):
    assert attempt(if_none_match='"2"').status_code in (200, 204)


def test_a_room_changed_since_the_date_is_not_changed(attempt, room):
    before = room.updated_at - timedelta(seconds=5)

    with nothing_changes():
        response = attempt(if_unmodified_since=http_date(before.timestamp()))

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_room_not_changed_since_the_date_is_changed(attempt, room, seconds):
    date = http_date(room.updated_at.timestamp() + seconds)

    assert attempt(if_unmodified_since=date).status_code in (200, 204)


@pytest.mark.parametrize("text", ["yesterday", "2030-01-01T00:00:00Z", ""])
def test_a_date_that_is_none_is_no_condition(attempt, text):
    assert attempt(if_unmodified_since=text).status_code in (200, 204)


def test_if_match_outweighs_the_date(attempt):
    long_ago = http_date(0)

    assert attempt(if_match='"3"', if_unmodified_since=long_ago).status_code in (200, 204)


def test_a_condition_on_a_room_that_is_not_there_is_not_found(api, room):
    other = RoomFactory(project=ProjectFactory())

    for headers in ({"if-match": "*"}, {"if-match": '"1"'}, {"if-none-match": "*"}):
        with nothing_changes():
            assert api.put(room_url(other), CHANGE, headers=headers).status_code == 404


def test_a_session_in_progress_does_not_outweigh_a_stale_tag(api, room):
    SessionFactory(room=room)

    with nothing_changes():
        assert api.delete(room_url(room), headers={"if-match": '"2"'}).status_code == 412
        assert api.delete(room_url(room), headers={"if-match": '"3"'}).status_code == 409


@pytest.fixture
def strict_room(room):
    room.project.requires_if_match = True
    room.project.save()
    return room


def test_a_project_may_demand_a_condition(strict_room, attempt):
    with nothing_changes():
        response = attempt()

    assert response.status_code == 428
    assert response.json()["error"] == "Precondition Required"


@pytest.mark.parametrize("tags", ['"3"', "*"])
def test_where_a_condition_is_demanded_one_that_holds_is_enough(strict_room, attempt, tags):
    assert attempt(if_match=tags).status_code in (200, 204)


def test_reading_and_creating_need_no_condition(strict_room, api):
    assert api.get(room_url(strict_room)).status_code == 200
    assert api.post("/api/video/rooms", {"name": "other"}).status_code == 201


def test_the_demand_of_one_project_is_not_that_of_another(strict_room, client_for):
    other = RoomFactory()

    assert client_for(project=other.project).put(room_url(other), CHANGE).status_code == 200


def test_who_finds_a_room_stale_is_told_its_version(room):
    with pytest.raises(Stale, match=rf"^room {room.pk} is at version 3$") as stale:
        change_room(Room.objects.all(), room.pk, CHANGE, by=TESTS, unless_stale=lambda _: False)

    assert stale.value.room == room
