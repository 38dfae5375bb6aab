"""Recordings that a gateway reports, and the people in a recording."""

from datetime import timedelta

import pytest

from sessions.models import RECORDING_IDS, JoinAs, Recording
from tests.factories import MemberFactory, RecordingFactory, SessionFactory, WebhookEndpointFactory
from tests.support.api import RECORDINGS_URL, nothing_changes, session_url

pytestmark = pytest.mark.django_db
FILM = "https://films.example/2026/standup.webm?sig=a%2Fb"
HOUR = timedelta(hours=1)


@pytest.fixture
def session(room):
    return SessionFactory(room=room, ended=True)


@pytest.fixture
def reports(session):
    return f"{session_url(session)}/recordings"


def test_reported_film_is_a_recording(api, session, reports):
    webhook = WebhookEndpointFactory(project=session.project)
    body = {"uri": FILM, "format": "webm", "size_in_bytes": 5_000_000, "duration": 60}

    answer = api.post(reports, body)

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["uri"], shown["format"], shown["state"]) == (FILM, "webm", "ready")
    assert (shown["size_in_bytes"], shown["duration"]) == (5_000_000, 60)
    assert api.get(RECORDINGS_URL).json()["data"][0]["id"] == shown["id"]
    types = list(session.events.order_by("pk").values_list("type", flat=True))
    assert types == ["recording.started", "recording.ended", "recording.ready"]
    assert webhook.deliveries.count() == 3


def test_repeated_report_is_the_same_recording(api, reports):
    first = api.post(reports, {"uri": FILM}).json()

    with nothing_changes():
        again = api.post(reports, {"uri": FILM})

    assert (again.status_code, again.json()["id"]) == (201, first["id"])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"uri": "http://films.example/1.mp4"},
        {"uri": "https://"},
        {"uri": "https://films.example/a b"},
        {"uri": "https://films.example/" + "a" * 2000},
        {"uri": 5},
        {"uri": FILM, "format": "avi"},
        {"uri": FILM, "format": ["mp4"]},
        {"uri": FILM, "size_in_bytes": -1},
        {"uri": FILM, "size_in_bytes": True},
        {"uri": FILM, "duration": 1.5},
        {"uri": FILM, "started_at": "yesterday"},
        {"uri": FILM, "started_at": 5},
        {"uri": FILM, "started_at": "2001-01-01T00:00:00Z"},
        {"uri": FILM, "finished_at": "2001-01-01T00:00:00Z"},
    ],
)
def test_wrong_report_is_refused(api, reports, wrong):
    with nothing_changes():
        assert api.post(reports, wrong).status_code == 422


def test_report_is_refused_where_our_media_server_records(api, reports, settings):
    settings.MEDIA_SERVER = "janus"

    with nothing_changes():
        assert api.post(reports, {"uri": FILM}).status_code == 409


def test_dry_run_reports_nothing(api, reports):
    with nothing_changes():
        answer = api.post(f"{reports}?dry_run=true", {"uri": FILM})

    assert answer.json()["dry_run"] is True
    assert not Recording.objects.exists()


def recorded(session, **people):
    start = session.start_time
    recording = RecordingFactory(
        session=session, started_at=start, finished_at=start + HOUR, state="raw"
    )
    for name, join_as in people.items():
        times = {"join_time": start - HOUR, "leave_time": start + 2 * HOUR}
        MemberFactory(session=session, name=name, join_as=join_as, left=True, **times)
    return recording


def test_recording_names_the_people_inside(api, session):
    recording = recorded(session, Ada=JoinAs.MEMBER, Eve=JoinAs.AUDIENCE)

    found = api.get(f"{RECORDINGS_URL}/{RECORDING_IDS.id_of(recording.pk)}").json()

    [person] = found["people"]
    assert person["name"] == "Ada"
    assert person["joined_at"] == found["started_at"]
    assert person["left_at"] == found["finished_at"]
    assert list(found)[-1] == "people"


def test_recordings_of_a_person_are_found(api, room):
    hers = recorded(SessionFactory(room=room, ended=True), Ada=JoinAs.MEMBER)
    recorded(SessionFactory(room=room, ended=True), Grace=JoinAs.MEMBER)

    found = api.get(RECORDINGS_URL, {"person": "ada"}).json()["data"]

    assert [one["id"] for one in found] == [str(RECORDING_IDS.id_of(hers.pk))]
    assert api.get(RECORDINGS_URL, {"person": "nobody"}).json()["data"] == []
