"""Which reads go to the replica, and when a client's reads return to it."""

import pytest
from django.urls import URLPattern, get_resolver

from access.database import routing
from access.models import ApiToken
from config.middleware.replica_reads import OF_THE_API, PAGES, TELL_OF_WORK
from rooms.models import Room
from tests.support.api import ADMISSIONS_URL, ROOMS_URL, TOKENS_URL
from tests.support.processes import eventually
from tests.support.replica_fixtures import MAY_BE_NAMED

READ_THERE = {
    "rooms": (ROOMS_URL, "rooms_room"),
    "room": (f"{ROOMS_URL}/lobby", "rooms_room"),
    "room-history": (f"{ROOMS_URL}/{{room}}/history", "rooms_roomchange"),
    "room-sessions": ("/api/video/room_sessions", "room_sessions_roomsession"),
    "room-session": ("/api/video/room_sessions/{session}", "room_sessions_roomsession"),
    "members": ("/api/video/room_sessions/{session}/members", "room_sessions_member"),
    "session-events": (
        "/api/video/room_sessions/{session}/events",
        "room_sessions_sessionevent",
    ),
    "session-recordings": (
        "/api/video/room_sessions/{session}/recordings",
        "room_sessions_sessionevent",
    ),
    "recordings": ("/api/video/room_recordings", "room_sessions_sessionevent"),
    "recording": ("/api/video/room_recordings/{recording}", "room_sessions_sessionevent"),
    "recording-events": (
        "/api/video/room_recordings/{recording}/events",
        "room_sessions_sessionevent",
    ),
    "home": ("/", "rooms_room"),
    "live-rows": ("/rooms/live?ids={room}", "rooms_room"),
    "export": ("/export", "rooms_room"),
    "history": ("/history", "rooms_roomchange"),
    "room-page-history": ("/rooms/{room}/history", "rooms_roomchange"),
    "now": ("/now", "rooms_room"),
    "session-list": ("/sessions", "room_sessions_roomsession"),
    "session-page": ("/sessions/{session}", "room_sessions_roomsession"),
}
READ_HERE = [
    f"{ROOMS_URL}/{{room}}/admission",
    "/api/video/webhooks",
    "/rooms/{room}",
    "/rooms/new",
    "/bulk?ids={room}",
    "/import",
    "/jobs",
    "/sessions/{session}/end",
    "/admin/rooms/room/",
    "/sign-in",
]


def caller_of(path, person):
    return "reader" if path.startswith("/api") else person


def named_routes():
    def names(resolver):
        for one in resolver.url_patterns:
            yield from [one.name] if isinstance(one, URLPattern) else names(one)

    return set(names(get_resolver()))


def test_every_route_named_for_replica_reads_exists_and_is_tested():
    assert named_routes() >= OF_THE_API | PAGES | TELL_OF_WORK
    # A room named bulk is read like any other.
    assert READ_THERE.keys() | {"bulk"} == OF_THE_API | PAGES


@pytest.mark.own_database
@pytest.mark.parametrize("name", READ_THERE)
def test_read_only_requests_use_the_replica(world, name):
    path, table = READ_THERE[name]
    eventually(world.is_read)

    with world.replica.asked() as asked:
        response = world.get(caller_of(path, "looks"), path)

    assert response.status_code == 200
    assert any(table in named for named in asked), asked


@pytest.mark.own_database
@pytest.mark.parametrize("path", READ_HERE)
def test_requests_that_lead_to_writes_use_the_primary(world, path):
    eventually(world.is_read)

    with world.replica.asked() as asked:
        response = world.get(caller_of(path, "acts"), path)

    assert response.status_code == 200
    assert asked == []


@pytest.mark.own_database
def test_whole_csv_export_is_read_from_the_replica(held):
    held.make_room("other", "not-there-yet")

    response = held.get("reader", ROOMS_URL, Accept="text/csv")

    assert "lobby" in response.text
    assert "not-there-yet" not in response.text


@pytest.mark.own_database
def test_client_reads_its_own_writes_at_once_on_every_server(held):
    before = held.get("reader").json()["max_members"]

    assert held.put("writer", max_members=before + 1).status_code == 200

    assert [room["max_members"] for room in held.everywhere("writer")] == [before + 1] * 2
    lists = held.everywhere("writer", ROOMS_URL)
    assert [one["data"][-1]["max_members"] for one in lists] == [before + 1] * 2
    history = held.everywhere("writer", f"{ROOMS_URL}/{{room}}/history")
    assert [one["data"][0]["changes"]["max_members"][1] for one in history] == [before + 1] * 2
    # Another client reads the replica's state.
    assert [room["max_members"] for room in held.everywhere("reader")] == [before] * 2


@pytest.mark.own_database
def test_client_reads_from_the_replica_again_once_it_has_caught_up(world):
    world.put("writer", description="seen")
    eventually(world.is_read)

    def asks_there():
        with world.replica.asked() as asked:
            assert world.get("writer").json()["description"] == "seen"
        return asked

    eventually(asks_there)


@pytest.mark.own_database
def test_after_a_stale_etag_was_refused_the_client_reads_the_current_room(held):
    known = held.get("other").headers["ETag"]
    held.put("writer", display_name=f"Changed after {known}")

    # The replica's ETag is stale, as its room is.
    stale = held.get("reader")
    assert stale.headers["ETag"] == known
    mine = {"description": "mine"}
    refused = held.call("other", "PUT", f"{ROOMS_URL}/{{room}}", mine, **{"If-Match": known})
    assert refused.status_code == 412
    # The client could repeat the refused request forever if it got the old version.
    assert held.get("other").headers["ETag"] == refused.headers["ETag"] != known


@pytest.mark.own_database
def test_room_missing_on_the_replica_is_read_from_the_primary(held):
    room = held.make_room("other", "just-made")

    found = held.get("reader", f"{ROOMS_URL}/{room['id']}")

    assert found.status_code == 200
    assert held.get("reader", f"{ROOMS_URL}/nobody").status_code == 404


@pytest.mark.own_database
def test_a_revoked_token_is_refused_at_once(held):
    assert held.get("reader").status_code == 200

    held.write_behind("UPDATE access_apitoken SET revoked_at = now() WHERE name = 'reader'")
    try:
        refused = [held.get("reader", front=number).status_code for number in range(2)]
    finally:
        held.write_behind("UPDATE access_apitoken SET revoked_at = NULL WHERE name = 'reader'")

    assert refused == [401, 401]


@pytest.mark.own_database
def test_admission_is_decided_on_the_primary(world):
    room = world.make_room("other", "closing")
    url = f"{ROOMS_URL}/{room['id']}"
    ticket = world.call("writer", "POST", TOKENS_URL, {"room_name": "closing"}).json()["token"]
    eventually(world.is_read)

    with world.replica.held_back():
        world.call("writer", "PUT", url, {"join_until": "2020-01-01T00:00:00Z"})
        shown = world.get("reader", url).json()
        outlook = world.get("reader", f"{url}/admission").json()
        refused = world.call("writer", "POST", ADMISSIONS_URL, {"token": ticket})

    assert shown["join_until"] is None
    assert outlook["allowed"] is False
    assert refused.status_code == 403


@pytest.mark.own_database
def test_staff_read_their_own_writes_at_once(held):
    can_be_ended = f"/sessions/{held.ids['meeting']}/end"
    page = "/sessions/{meeting}"
    assert can_be_ended in held.get("ends", page).text

    assert held.call("ends", "POST", f"{page}/end").status_code == 200

    assert [can_be_ended in held.get("ends", page, front=one).text for one in (0, 1)] == [False] * 2
    assert can_be_ended in held.get("looks", page).text


@pytest.mark.own_database
def test_staff_see_the_result_of_a_finished_job(held):
    held.make_room("other", "by-a-worker")
    assert "by-a-worker" not in held.get("looks", "/").text

    assert "wrote" in held.get("asks", "/jobs").cookies
    assert "by-a-worker" in held.get("asks", "/").text


@pytest.mark.own_database
def test_project_limit_applies_at_once(held):
    assert "lobby" in held.get("guest", "/").text

    held.write_behind("INSERT INTO access_stafflimit (user_id) VALUES (%s)", held.guest)
    try:
        with held.replica.asked() as asked:
            pages = [held.get("guest", page).text for page in ("/", "/history", "/sessions")]
    finally:
        held.write_behind("DELETE FROM access_stafflimit")

    assert not any("lobby" in page for page in pages)
    assert {name for named in asked for name in named} <= MAY_BE_NAMED


@pytest.fixture
def let_go():
    routing._where.set("replica")
    yield routing.ReplicaRouter()
    routing.use_primary()


def test_writes_locks_and_permissions_stay_on_the_primary(let_go, transactional_db):
    assert Room.objects.all().db == "default"
    assert let_go.db_for_read(Room) == routing.read_alias() == "replica"
    assert let_go.db_for_read(ApiToken) == "default"
    assert let_go.db_for_write(Room) == "default"
    assert not let_go.allow_migrate("replica", "rooms")


def test_reads_in_a_transaction_use_the_primary(let_go, db):
    assert routing.read_alias() == let_go.db_for_read(Room) == "default"
