"""Which reads go to the replica."""

import pytest
from django.urls import URLPattern, get_resolver

from access.database import routing
from access.http.view_attributes import has_attribute
from access.models import ApiToken
from rooms.models import Room
from tests.support.api import ADMISSIONS_URL, ROOMS_URL, TOKENS_URL
from tests.support.processes import eventually

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
        "room_sessions_recording",
    ),
    "recordings": ("/api/video/room_recordings", "room_sessions_recording"),
    "recording": ("/api/video/room_recordings/{recording}", "room_sessions_recording"),
    "recording-events": (
        "/api/video/room_recordings/{recording}/events",
        "room_sessions_sessionevent",
    ),
    "compositions": (
        "/api/video/room_recordings/{recording}/compositions",
        "room_sessions_composition",
    ),
    "composition": (
        "/api/video/room_recordings/{recording}/compositions/{composition}",
        "room_sessions_composition",
    ),
    "logs": ("/api/video/logs", "room_sessions_roomsession"),
    "log": ("/api/video/logs/{session}", "room_sessions_roomsession"),
    "home": ("/", "rooms_room"),
    "jump": ("/jump?q=lobby", "rooms_room"),
    "live-rows": ("/rooms/live?ids={room}", "rooms_room"),
    "export": ("/export", "rooms_room"),
    "history": ("/history", "rooms_roomchange"),
    "history-export": ("/history.csv", "rooms_roomchange"),
    "room-page-history": ("/rooms/{room}/history", "rooms_roomchange"),
    "now": ("/now", "rooms_room"),
    "week": ("/week", "rooms_room"),
    "session-list": ("/sessions", "room_sessions_roomsession"),
    "session-page": ("/sessions/{session}", "room_sessions_roomsession"),
    "session-preview": ("/sessions/{session}/preview", "room_sessions_roomsession"),
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


def routes_with(attribute):
    """Return the names of the routes whose view has this attribute."""

    def found(resolver):
        for one in resolver.url_patterns:
            if not isinstance(one, URLPattern):
                yield from found(one)
            elif has_attribute(one.callback, attribute):
                yield one.name

    return set(found(get_resolver()))


def test_every_route_that_reads_the_replica_is_tested():
    # Viewsets that read the replica have these routes as well, and they take no GET.
    without_get = {"revert-bulk", "revert", "end-session", "member", "unblock-member"}
    without_get |= {"restore-recording"}
    # A room named bulk is read like any other.
    assert routes_with("reads_replica") - without_get == READ_THERE.keys() | {"bulk"}


def test_pages_of_jobs_report_work():
    assert routes_with("reports_work") == {"job", "job-progress", "job-notice", "job-list"}


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
def test_admission_is_decided_on_the_primary(world):
    room = world.make_room("other", "closing")
    url = f"{ROOMS_URL}/{room['id']}"
    ticket = world.call("writer", "POST", TOKENS_URL, {"room_name": "closing"}).json()["token"]
    eventually(world.is_read)

    with world.replica.held_back():
        world.call("writer", "PUT", url, {"join_until": "2020-01-01T00:00:00Z"})
        shown = world.get("reader", url).json()
        decision = world.get("reader", f"{url}/admission").json()
        refused = world.call("writer", "POST", ADMISSIONS_URL, {"token": ticket})

    assert shown["join_until"] is None
    assert decision["allowed"] is False
    assert refused.status_code == 403


@pytest.fixture
def let_go():
    routing._database.set("replica")
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
