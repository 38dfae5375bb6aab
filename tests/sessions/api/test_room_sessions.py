"""GET /room_sessions and /room_sessions/{id}: read-only, with the room's settings at the start."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.values.timestamps import format_timestamp
from sessions.lifecycle import end
from sessions.models import RoomSession
from tests.factories import EventFactory, RoomFactory, SessionFactory
from tests.support.api import (
    ROOMS_URL,
    SESSION_KEYS,
    SESSIONS_URL,
    faults,
    nothing_changes,
    room_url,
    session_url,
)

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def session(room):
    return SessionFactory(room=room, start_time=START)


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["data"]]


def test_session_has_the_contracts_keys_in_order(api, session):
    answer = api.get(session_url(session)).json()

    assert list(answer) == SESSION_KEYS
    assert answer["id"] == str(session.pk)
    assert answer["room_id"] == str(session.room_id)
    assert answer["start_time"] == "2026-01-01T12:00:00Z"
    assert answer["preview_url"] is None


def test_live_session_has_no_duration(api, session):
    answer = api.get(session_url(session)).json()

    assert (answer["status"], answer["end_time"], answer["duration"]) == ("in-progress", None, None)


def test_ended_session_has_a_duration_in_whole_seconds(api, room):
    end = START + timedelta(minutes=1, milliseconds=900)
    session = SessionFactory(room=room, start_time=START, ended=True, end_time=end)

    answer = api.get(session_url(session)).json()

    assert answer["status"] == "completed"
    assert (answer["end_time"], answer["duration"]) == ("2026-01-01T12:01:00Z", 60)


def test_session_copies_every_setting_at_its_start(api, project):
    settings = {
        "display_name": "Big",
        "description": "text",
        "max_members": 5,
        "quality": "1080p",
        "join_from": START,
        "join_until": START + timedelta(hours=1),
        "remove_at": START + timedelta(hours=2),
        "remove_after_seconds_elapsed": 60,
        "layout": "2x2",
        "record_on_start": True,
        "enable_room_previews": True,
        "audio_video_sync": True,
    }
    session = SessionFactory(room=RoomFactory(project=project, **settings))

    session.refresh_from_db()

    assert {name: getattr(session, name) for name in settings} == settings


@pytest.mark.parametrize("spelled", ["{hex}", "{name}", "x", "%00"])
def test_session_is_found_only_by_its_id(api, session, spelled):
    path = spelled.format(hex=session.pk.hex, name=session.name)

    response = api.get(session_url(path))

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_room_may_have_only_one_live_session(session):
    second = RoomSession.of(session.room, timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "completed"},
        {"end_time": START + timedelta(hours=1)},
        {"status": "completed", "end_time": START - timedelta(seconds=1)},
        {"status": "paused"},
        {"max_members": 301},
    ],
)
def test_database_refuses_invalid_sessions(session, changed):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomSession.objects.filter(pk=session.pk).update(**changed)


def test_sessions_of_the_project_are_listed_newest_first(api, room):
    SessionFactory()
    old = SessionFactory(room=room, ended=True)
    new = SessionFactory(room=room)

    assert ids(api.get(SESSIONS_URL)) == [str(new.pk), str(old.pk)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("room_id={a}", ["a1", "a2"]),
        ("room_name=alpha", ["a1", "a2"]),
        ("room_name=alph", []),
        ("room_name_matches=alph", ["a1", "a2"]),
        ("room_name_matches=_", []),
        ("room_name_matches=a", ["a1", "a2", "b1"]),
        ("status=in-progress", ["a2", "b1"]),
        ("status=completed", ["a1"]),
        ("status=completed&room_name=beta", []),
        ("status=", ["a1", "a2", "b1"]),
        ("colour=red", ["a1", "a2", "b1"]),
        ("room_id=00000000-0000-4000-8000-000000000000", []),
    ],
)
def test_sessions_can_be_filtered(api, project, query, found):
    alpha = RoomFactory(project=project, name="alpha")
    rows = {
        "a1": SessionFactory(room=alpha, ended=True),
        "a2": SessionFactory(room=alpha),
        "b1": SessionFactory(room=RoomFactory(project=project, name="beta")),
    }

    listed = ids(api.get(f"{SESSIONS_URL}?{query.format(a=alpha.pk)}"))

    assert listed == [str(rows[key].pk) for key in reversed(found)]


@pytest.mark.parametrize(
    "query", ["status=paused", "room_id=x", "room_name=%00", "room_name_matches=%00", "page_size=0"]
)
def test_invalid_filter_is_refused(api, session, query):
    response = api.get(f"{SESSIONS_URL}?{query}")

    assert faults(response) == [(query.partition("=")[0], "invalid_parameter")]


def test_sessions_of_a_deleted_room_are_found_by_its_name(api, room):
    session = SessionFactory(room=room, ended=True)
    api.delete(room_url(room))

    assert ids(api.get(SESSIONS_URL, {"room_name": room.name})) == [str(session.pk)]


def test_sessions_are_paginated(api, room):
    expected = [str(SessionFactory(room=room, ended=True).pk) for _ in range(5)][::-1]

    first = api.get(SESSIONS_URL, {"page_size": 2})
    second = api.get(first.json()["links"]["next"])
    back = api.get(second.json()["links"]["prev"])

    assert ids(first) + ids(second) == expected[:4]
    assert ids(back) == ids(first)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_sessions_are_read_only(api, session, method):
    with nothing_changes():
        for url in (SESSIONS_URL, session_url(session)):
            if method == "patch" and url != SESSIONS_URL:
                continue
            response = getattr(api, method)(url, {"name": "x"})
            assert response.status_code == 405
            assert response.json()["error"] == "Method Not Allowed"


def test_session_of_another_project_is_not_found(api):
    foreign = SessionFactory()

    assert api.get(session_url(foreign)).status_code == 404
    assert api.get(SESSIONS_URL, {"room_id": foreign.room_id}).json()["data"] == []


def test_unknown_id_is_not_found(api):
    assert api.get(session_url(uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("ended", [False, True])
def test_every_response_shows_the_same_updated_at(api, room, ended):
    start = timezone.now() - timedelta(hours=1)
    session = SessionFactory(room=room, start_time=start)
    EventFactory(session=session, at=start + timedelta(minutes=1))
    EventFactory(session=session, at=start + timedelta(minutes=2))
    if ended:
        end(RoomSession.objects.all(), session.pk, at=start + timedelta(minutes=3))
    expected = format_timestamp(start + timedelta(minutes=3 if ended else 2))

    shown = [api.get(session_url(session)).json(), *api.get(SESSIONS_URL).json()["data"]]
    if not ended:
        listed = api.get(ROOMS_URL, {"include_active_session": "true"}).json()["data"]
        shown += [room["active_session"] for room in (*listed, api.get(room_url(room)).json())]
        shown.append(api.put(room_url(room), {"max_members": 7}).json()["active_session"])

    assert [one["updated_at"] for one in shown] == [expected] * len(shown)
