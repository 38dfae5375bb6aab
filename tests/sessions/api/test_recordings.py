"""GET /room_recordings and /room_sessions/{id}/recordings."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.media.recordings import finish_recordings, switch_recording
from sessions.models import EVENT_IDS, RECORDING_IDS, SessionEventType
from tests.factories import EventFactory, SessionFactory
from tests.support.api import EVENT_KEYS, RECORDINGS_URL, faults, session_url

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
STARTED, ENDED = SessionEventType.RECORDING_STARTED, SessionEventType.RECORDING_ENDED


@pytest.fixture
def session(room):
    return SessionFactory(room=room, start_time=START)


@pytest.fixture
def recorded(session):
    """Create an event a number of seconds after the session's start."""

    def make(type_, seconds, of=session):
        at = START + timedelta(seconds=seconds)
        if type_ not in (STARTED, ENDED):
            return EventFactory(session=of, type=type_, at=at)
        switch_recording(of, type_ == STARTED, at)
        return of.events.first()

    return make


def recordings_of(session):
    return f"{session_url(session)}/recordings"


def id_of(started):
    return str(RECORDING_IDS.id_of(started.pk))


def data(response):
    assert response.status_code == 200, response.content
    return response.json()["data"]


def test_session_without_recording_events_has_no_recordings(api, session, recorded):
    recorded(SessionEventType.ROOM_STARTED, 0)

    assert data(api.get(recordings_of(session))) == []
    assert data(api.get(RECORDINGS_URL)) == []


def test_current_recording_has_no_end(api, session, recorded):
    started = recorded(STARTED, 5)

    assert data(api.get(recordings_of(session))) == [
        {
            "id": id_of(started),
            "room_session_id": str(session.pk),
            "status": "recording",
            "state": "recording",
            "started_at": "2026-01-01T12:00:05Z",
            "finished_at": None,
            "duration": None,
            "size_in_bytes": None,
            "format": None,
            "uri": None,
            "cost_in_dollars": 0.0,
            "created_at": "2026-01-01T12:00:05Z",
            "updated_at": "2026-01-01T12:00:05Z",
            "deleted_at": None,
            "expires_at": None,
        }
    ]


def test_recording_ends_with_the_next_end_event(api, recorded):
    first = recorded(STARTED, 5)
    recorded(ENDED, 65)
    second = recorded(STARTED, 100)

    drawn = data(api.get(RECORDINGS_URL))

    assert [(one["id"], one["status"], one["duration"]) for one in drawn] == [
        (id_of(second), "recording", None),
        (id_of(first), "completed", 60),
    ]


def test_recording_without_end_event_ends_with_its_session(api, room):
    end = START + timedelta(minutes=2)
    session = SessionFactory(room=room, start_time=START)
    switch_recording(session, True, START)
    started = session.events.first()
    finish_recordings(session, end)

    drawn = api.get(f"{RECORDINGS_URL}/{id_of(started)}").json()

    assert (drawn["finished_at"], drawn["duration"]) == ("2026-01-01T12:02:00Z", 120)
    assert (drawn["created_at"], drawn["updated_at"]) == (
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:02:00Z",
    )


def test_end_event_of_another_session_is_ignored(api, project, session, recorded):
    recorded(STARTED, 5)
    recorded(ENDED, 6, of=SessionFactory(room__project=project))

    [drawn] = data(api.get(recordings_of(session)))

    assert drawn["status"] == "recording"


def test_recording_has_only_its_own_events(api, recorded):
    started = recorded(STARTED, 5)
    ended = recorded(ENDED, 65)
    recorded(STARTED, 100)
    recorded(SessionEventType.ROOM_ENDED, 200)

    drawn = data(api.get(f"{RECORDINGS_URL}/{id_of(started)}/events"))

    assert [event["id"] for event in drawn] == [
        str(EVENT_IDS.id_of(ended.pk)),
        str(EVENT_IDS.id_of(started.pk)),
    ]
    assert list(drawn[0]) == EVENT_KEYS


def test_events_of_a_recording_are_read_with_their_session(
    api, recorded, django_assert_max_num_queries
):
    started = recorded(STARTED, 5)
    recorded(ENDED, 65)

    # The token, the recording with its films, and the events.
    with django_assert_max_num_queries(4):
        drawn = data(api.get(f"{RECORDINGS_URL}/{id_of(started)}/events"))

    assert len(drawn) == 2


@pytest.mark.parametrize("suffix", ["", "/events"])
@pytest.mark.parametrize(
    "path",
    [
        *("0", "-1", "1.0", "x", "%00", "9" * 18, "9" * 30, "{number}", "{id}0", "{event}"),
        *("{other}", "{hex}", "00000000-0000-8000-8000-000000000001"),
    ],
)
def test_recording_is_found_only_by_its_id(api, recorded, path, suffix):
    started, other = recorded(STARTED, 5), recorded(SessionEventType.ROOM_STARTED, 0)
    spellings = {
        "number": started.pk,
        "id": id_of(started),
        "event": EVENT_IDS.id_of(started.pk),
        "other": id_of(other),
        "hex": RECORDING_IDS.id_of(started.pk).hex,
    }

    response = api.get(f"{RECORDINGS_URL}/{path.format(**spellings)}{suffix}")

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_recordings_of_another_project_are_not_found(api):
    foreign = EventFactory(type=STARTED)

    assert data(api.get(RECORDINGS_URL)) == []
    for url in (f"{RECORDINGS_URL}/{id_of(foreign)}", recordings_of(foreign.session)):
        assert api.get(url).status_code == 404


def test_recordings_are_paginated(api, recorded):
    expected = [id_of(recorded(STARTED, second)) for second in range(5)][::-1]

    first = api.get(RECORDINGS_URL, {"page_size": 2})
    second = api.get(first.json()["links"]["next"])

    assert [one["id"] for one in data(first) + data(second)] == expected[:4]


def test_recording_is_found_by_its_id_in_capitals(api, recorded):
    started = recorded(STARTED, 5)

    assert api.get(f"{RECORDINGS_URL}/{id_of(started).upper()}").json()["id"] == id_of(started)


@pytest.fixture(params=["recordings", "recording", "session-recordings"])
def url_with_media_ttl(request, session, recorded):
    started = recorded(STARTED, 5)
    return {
        "recordings": RECORDINGS_URL,
        "recording": f"{RECORDINGS_URL}/{id_of(started)}",
        "session-recordings": recordings_of(session),
    }[request.param]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "invalid_parameter") for text in ("-1", "0", "2147483648")),
        *((text, "not_an_integer") for text in ("abc", "", "1.5", "9" * 5000, "\u0661", "900 ")),
    ],
)
def test_invalid_media_ttl_is_refused(api, url_with_media_ttl, text, code):
    response = api.get(url_with_media_ttl, {"media_ttl": text})

    assert response.status_code == 422
    assert faults(response) == [("media_ttl", code)]


@pytest.mark.parametrize("text", ["1", "900", "2147483647"])
def test_valid_media_ttl_changes_nothing(api, url_with_media_ttl, text):
    without, within = api.get(url_with_media_ttl), api.get(url_with_media_ttl, {"media_ttl": text})

    assert within.status_code == 200
    assert within.json().get("data", within.json()) == without.json().get("data", without.json())
