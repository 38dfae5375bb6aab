"""GET /logs and /logs/{id}: sessions as log entries, and the date filters of sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import RoomFactory, SessionFactory
from tests.support.api import SESSIONS_URL, faults, nothing_changes, session_url

LOGS_URL = "/api/video/logs"
KEYS = [
    *("id", "source", "type", "url", "room_name", "status", "locked", "started_at", "ended_at"),
    *("charge", "created_at", "charge_details"),
]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
both = pytest.mark.parametrize("url", [LOGS_URL, SESSIONS_URL])


def data(response):
    assert response.status_code == 200, response.content
    return response.json()["data"]


def test_log_entry_describes_a_session(api, room):
    session = SessionFactory(room=room, start_time=START, ended=True, end_time=START + DAY)

    [entry] = data(api.get(LOGS_URL))

    assert list(entry) == KEYS
    assert entry == {
        "id": str(session.pk),
        "source": "realtime_api",
        "type": "video_room_session",
        "url": f"http://testserver{session_url(session)}",
        "room_name": room.name,
        "status": "completed",
        "locked": False,
        "started_at": "2026-01-01T12:00:00Z",
        "ended_at": "2026-01-02T12:00:00Z",
        "charge": 0.0,
        "created_at": "2026-01-01T12:00:00Z",
        "charge_details": [],
    }
    assert api.get(f"{LOGS_URL}/{session.pk}").json() == entry
    assert api.get(entry["url"]).json()["id"] == str(session.pk)


def test_log_entry_of_a_running_session_has_no_end(api, room):
    session = SessionFactory(room=room)

    entry = api.get(f"{LOGS_URL}/{session.pk}").json()

    assert (entry["status"], entry["ended_at"]) == ("in-progress", None)


@pytest.mark.parametrize("spelled", ["{hex}", "x", "00000000-0000-4000-8000-000000000000"])
def test_log_entry_is_found_only_by_its_id(api, room, spelled):
    session = SessionFactory(room=room)

    response = api.get(f"{LOGS_URL}/{spelled.format(hex=session.pk.hex)}")

    assert response.status_code == 404


def test_log_has_pages_and_the_project_s_own_sessions_only(api, room):
    theirs = SessionFactory()
    sessions = [SessionFactory(room=room, ended=True) for _ in range(3)]

    first = api.get(f"{LOGS_URL}?page_size=2").json()
    second = api.get(first["links"]["next"]).json()

    pages = [[entry["id"] for entry in page["data"]] for page in (first, second)]
    newest_first = [str(session.pk) for session in reversed(sessions)]
    assert pages == [newest_first[:2], newest_first[2:]]
    assert api.get(f"{LOGS_URL}/{theirs.pk}").status_code == 404


@both
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("created_before=2026-01-02T00:00:00Z", ["first"]),
        ("created_before=2026-01-02", ["first"]),
        ("created_before=2026-01-01T23:59:59Z", []),
        ("created_after=2026-01-02T00:00:00Z", ["second", "third"]),
        ("created_after=2026-01-02", ["second", "third"]),
        ("created_after=2026-01-03T00:00:01%2B01:00", ["third"]),
        ("created_on=2026-01-01", ["first"]),
        ("created_on=2026-01-02", ["second"]),
        ("created_on=2026-01-02T23:30:00-01:00", ["third"]),
        ("created_on=2026-01-04", []),
        ("created_after=2026-01-02&created_before=2026-01-03", ["second"]),
        ("created_on=2026-01-02&created_after=2026-01-03", []),
        ("created_on=&created_before=&created_after=", ["first", "second", "third"]),
        ("created_on=2999-12-31", []),
        ("created_on=1970-01-01", []),
    ],
)
def test_sessions_are_filtered_by_the_time_of_their_creation(api, project, url, query, found):
    midnight = datetime(2026, 1, 2, tzinfo=UTC)
    starts = {"first": midnight - SECOND, "second": midnight, "third": midnight + DAY}
    made = {
        name: SessionFactory(room=RoomFactory(project=project), start_time=start)
        for name, start in starts.items()
    }

    ids = [row["id"] for row in data(api.get(f"{url}?{query}"))]

    assert sorted(ids) == sorted(str(made[name].pk) for name in found)


@both
@pytest.mark.parametrize("name", ["created_before", "created_on", "created_after"])
@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "20260101", "2026-01-01T00:00:00"])
def test_unreadable_time_is_refused(api, url, name, text):
    with nothing_changes():
        response = api.get(f"{url}?{name}={text}")

    assert faults(response) == [(name, "not_a_datetime")]
