"""Conditional requests: ETag, If-Match and related headers (RFC 9110, section 13)."""

from datetime import timedelta

import pytest
from django.utils.http import http_date

from rooms.changes import Stale, change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import nothing_changes, room_url
from tests.support.tables import each

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
    """Change or delete the room with a condition."""

    def send(**headers):
        body = () if request.param == "delete" else (CHANGE,)
        return getattr(api, request.param)(room_url(room), *body, headers=headers)

    return send


def test_etag_is_the_version(api, room):
    assert api.get(room_url(room)).headers["ETag"] == '"3"'


def test_change_returns_the_new_etag(api, room):
    assert api.put(room_url(room), CHANGE).headers["ETag"] == '"4"'
    assert api.get(room_url(room)).headers["ETag"] == '"4"'


def test_change_without_effect_keeps_the_etag(api, room):
    assert api.put(room_url(room), {}).headers["ETag"] == '"3"'


# RFC 9110 lets a list have empty elements.
LISTS = [', "3"', '"3",', ',,"3",,', '"1", ,"3"', ' ,\t"3" , ']


@each(
    "tags",
    [
        *('"3"', '"1", "2", "3"', '"3","9"', ' "3" ', "*", " * ", '"a,b", "3"'),
        *('W/"9", "3"', '"", "3"', *LISTS),
    ],
)
def test_matching_etag_allows_the_change(attempt, tags):
    assert attempt(if_match=tags).status_code in (200, 204)


@each(
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
def test_other_etag_stops_the_change(attempt, tags):
    with nothing_changes():
        response = attempt(if_match=tags)

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'
    assert response.json()["error"] == "Precondition Failed"


def test_change_without_a_condition_is_allowed(attempt):
    assert attempt().status_code in (200, 204)


def test_stale_etag_stops_even_a_change_without_effect(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {}, headers={"if-match": '"2"'})

    assert response.status_code == 412


def test_stale_etag_is_reported_before_errors_of_the_body(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 0}, headers={"if-match": '"2"'})

    assert response.status_code == 412


MALFORMED = ['"1', "1", "'1'", '*, "1"', '"1", *', '"1" "2"', "", ",", "W/1", '"1", x', "**"]


@each("header", ["If-Match", "If-None-Match"])
@each("tags", MALFORMED)
def test_tags_that_cannot_be_read_stop_the_change(api, room, header, tags):
    with nothing_changes():
        response = api.put(room_url(room), CHANGE, headers={header: tags})

    assert response.status_code == 412
    assert response.json()["detail"].startswith(f"{header} cannot be read: ")


@each("ending", ["-gzip", ";gzip", "-br", "-zstd", "-deflate"])
def test_412_says_that_a_proxy_has_changed_the_etag(attempt, ending):
    with nothing_changes():
        response = attempt(if_match=f'"3{ending}"')

    assert response.status_code == 412
    assert f"The ETag ends with {ending}, which a proxy added" in response.json()["detail"]


def test_412_says_that_a_weak_etag_never_matches(attempt):
    assert "send it without W/" in attempt(if_match='W/"3"').json()["detail"]


@each("tags", ["*", '"3"', 'W/"3"', '"1", "3"', *LISTS])
def test_if_none_match_stops_the_change_of_a_matching_room(attempt, tags):
    with nothing_changes():
        response = attempt(if_none_match=tags)

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'


def test_if_none_match_of_another_version_allows_the_change(attempt):
    assert attempt(if_none_match='"2"').status_code in (200, 204)


def test_room_modified_after_the_date_is_not_changed(attempt, room):
    before = room.updated_at - timedelta(seconds=5)

    with nothing_changes():
        response = attempt(if_unmodified_since=http_date(before.timestamp()))

    assert response.status_code == 412
    assert response.headers["ETag"] == '"3"'


@pytest.mark.parametrize("seconds", [0, 60])
def test_room_not_modified_after_the_date_is_changed(attempt, room, seconds):
    date = http_date(room.updated_at.timestamp() + seconds)

    assert attempt(if_unmodified_since=date).status_code in (200, 204)


@each("text", ["yesterday", "2030-01-01T00:00:00Z", ""])
def test_date_that_cannot_be_read_stops_the_change(attempt, text):
    with nothing_changes():
        response = attempt(if_unmodified_since=text)

    assert response.status_code == 412
    assert "If-Unmodified-Since cannot be read" in response.json()["detail"]


def test_if_match_takes_precedence_over_the_date(attempt):
    long_ago = http_date(0)

    assert attempt(if_match='"3"', if_unmodified_since=long_ago).status_code in (200, 204)


def test_all_conditions_must_be_met(attempt, room):
    for headers in (
        {"if_match": '"3"', "if_none_match": '"3"'},
        {"if_match": '"3"', "if_none_match": "*"},
        {"if_unmodified_since": http_date(room.updated_at.timestamp()), "if_none_match": '"3"'},
    ):
        with nothing_changes():
            assert attempt(**headers).status_code == 412


def test_merge_does_not_override_if_none_match(api, room):
    for match, none_match in (('"3"', '"3"'), ('"2"', '"3"'), ('"2"', "*"), ('"2"', '"x')):
        headers = {"If-Match": match, "If-None-Match": none_match, "Prefer": "merge"}
        with nothing_changes():
            response = api.put(room_url(room), {"description": "merged"}, headers=headers)

        assert response.status_code == 412
        assert "Prefer: merge" not in response.json()["detail"]


def test_headers_of_reads_do_not_stop_a_change(attempt):
    headers = {"if_range": '"1"', "if_modified_since": "Fri, 31 Dec 2999 23:59:59 GMT"}

    assert attempt(**headers).status_code in (200, 204)


def test_condition_on_an_unknown_room_is_not_found(api, room):
    other = RoomFactory(project=ProjectFactory())

    for headers in ({"if-match": "*"}, {"if-match": '"1"'}, {"if-none-match": "*"}):
        with nothing_changes():
            assert api.put(room_url(other), CHANGE, headers=headers).status_code == 404


def test_stale_etag_is_reported_before_a_live_session(api, room):
    SessionFactory(room=room)

    with nothing_changes():
        assert api.delete(room_url(room), headers={"if-match": '"2"'}).status_code == 412
        assert api.delete(room_url(room), headers={"if-match": '"3"'}).status_code == 409


@pytest.fixture
def strict_room(room):
    room.project.requires_if_match = True
    room.project.save()
    return room


def test_project_may_require_a_condition(strict_room, attempt):
    with nothing_changes():
        response = attempt()

    assert response.status_code == 428
    assert response.json()["error"] == "Precondition Required"


@each("tags", ['"3"', "*"])
def test_any_valid_condition_fulfils_the_requirement(strict_room, attempt, tags):
    assert attempt(if_match=tags).status_code in (200, 204)


def test_get_and_post_need_no_condition(strict_room, api):
    assert api.get(room_url(strict_room)).status_code == 200
    assert api.post("/api/video/rooms", {"name": "other"}).status_code == 200


def test_requirement_applies_only_to_its_project(strict_room, client_for):
    other = RoomFactory()

    assert client_for(project=other.project).put(room_url(other), CHANGE).status_code == 200


def test_stale_error_contains_the_current_room(room):
    with pytest.raises(Stale, match=rf"^room {room.pk} is at version 3$") as stale:
        change_room(Room.objects.all(), room.pk, CHANGE, by=TESTS, unless_stale=lambda _: False)

    assert stale.value.room == room
