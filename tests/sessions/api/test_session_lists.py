"""GET /room_sessions/{id}/members and /events."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.models import EVENT_IDS, SessionEvent, SessionEventType
from tests.factories import EventFactory, MemberFactory, SessionFactory
from tests.support.api import (
    EVENT_KEYS,
    MEMBER_KEYS,
    SESSIONS_URL,
    events_url,
    faults,
    members_url,
    nothing_changes,
    room_url,
)

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
URLS = {"members": members_url, "events": events_url}
FACTORIES = {"members": MemberFactory, "events": EventFactory}
both = pytest.mark.parametrize("kind", ["members", "events"])


@pytest.fixture
def session(room):
    return SessionFactory(room=room, start_time=START)


def id_of(row):
    return str(EVENT_IDS.id_of(row.pk) if isinstance(row, SessionEvent) else row.pk)


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["data"]]


def test_member_inside_has_no_leave_time(api, session):
    member = MemberFactory(session=session, name="Ada", join_time=START)

    [drawn] = api.get(members_url(session)).json()["data"]

    assert list(drawn) == MEMBER_KEYS
    assert drawn == {
        "id": str(member.pk),
        "room_session_id": str(session.pk),
        "name": "Ada",
        "join_time": "2026-01-01T12:00:00Z",
        "leave_time": None,
        "duration": None,
        "cost_in_dollars": 0.0,
    }


def test_member_who_left_has_a_duration_in_whole_seconds(api, session):
    left = START + timedelta(minutes=1, milliseconds=900)
    MemberFactory(session=session, name=None, join_time=START, left=True, leave_time=left)

    [drawn] = api.get(members_url(session)).json()["data"]

    assert drawn["name"] is None
    assert (drawn["leave_time"], drawn["duration"]) == ("2026-01-01T12:01:00Z", 60)


def test_event_is_serialized_with_its_payload(api, session):
    payload = {"member": {"name": "Ada"}}
    event = EventFactory(
        session=session, type=SessionEventType.MEMBER_JOINED, at=START, payload=payload
    )

    [drawn] = api.get(events_url(session)).json()["data"]

    assert list(drawn) == EVENT_KEYS
    assert drawn == {
        "id": id_of(event),
        "project_id": str(session.project_id),
        "room_id": str(session.room_id),
        "room_session_id": str(session.pk),
        "name": "member.joined",
        "payload": payload,
        "created_at": "2026-01-01T12:00:00Z",
        "level": "info",
    }


def test_events_keep_the_id_of_a_deleted_room(api, room):
    session = SessionFactory(room=room, ended=True)
    EventFactory(session=session)
    api.delete(room_url(room))

    [drawn] = api.get(events_url(session)).json()["data"]

    assert drawn["room_id"] == str(room.pk)


@both
def test_list_of_the_session_is_newest_first(api, session, kind):
    rows = FACTORIES[kind].create_batch(3, session=session)
    FACTORIES[kind](session__room__project=session.project)

    assert ids(api.get(URLS[kind](session))) == [id_of(row) for row in reversed(rows)]


@both
def test_lists_are_paginated(api, session, kind):
    rows = FACTORIES[kind].create_batch(5, session=session)
    expected = [id_of(row) for row in reversed(rows)]

    first = api.get(URLS[kind](session), {"page_size": 2})
    second = api.get(first.json()["links"]["next"])
    back = api.get(second.json()["links"]["prev"])

    assert ids(first) + ids(second) == expected[:4]
    assert ids(back) == ids(first)
    assert "prev" not in first.json()["links"]


@both
def test_session_without_rows_has_an_empty_list(api, session, kind):
    assert ids(api.get(URLS[kind](session))) == []


@both
@pytest.mark.parametrize(
    "spelled", ["{hex}", "{name}", "x", "%00", "00000000-0000-4000-8000-000000000000"]
)
def test_session_is_found_only_by_its_id(api, session, kind, spelled):
    path = spelled.format(hex=session.pk.hex, name=session.name)

    response = api.get(URLS[kind](path))

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


@both
def test_session_of_another_project_is_not_found(api, kind):
    foreign = FACTORIES[kind]().session

    assert api.get(URLS[kind](foreign)).status_code == 404


@both
@pytest.mark.parametrize("query", ["page_size=0", "page_size=x", "page_number=-1"])
def test_invalid_page_is_refused(api, session, kind, query):
    response = api.get(f"{URLS[kind](session)}?{query}")

    assert faults(response)[0][0] == query.partition("=")[0]


@both
def test_page_token_of_another_list_is_not_a_server_error(api, session, kind):
    FACTORIES[kind](session=session)
    other = {"members": "events", "events": "members"}[kind]
    rows = FACTORIES[other].create_batch(2, session=session)

    token = f"PA{rows[0].pk}" if other == "members" else f"PA{rows[0].pk:032x}"
    response = api.get(URLS[kind](session), {"page_number": 1, "page_token": token})

    assert response.status_code in (200, 422)


@both
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_lists_are_read_only(api, session, kind, method):
    with nothing_changes():
        assert getattr(api, method)(URLS[kind](session), {"name": "x"}).status_code == 405


def test_path_traversal_in_the_session_id_is_not_found(api):
    assert api.get(f"{SESSIONS_URL}/%2e%2e/members").status_code == 404
