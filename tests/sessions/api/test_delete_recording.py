"""DELETE /room_recordings/{id}, and POST /room_recordings/{id}/restore."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media.recordings import composition_ready, film_path, finish_recordings
from sessions.models import RECORDING_IDS, RESTORABLE_FOR, Recording
from tests.factories import RecordingFactory, WebhookEndpointFactory
from tests.support.api import RECORDINGS_URL, nothing_changes, session_url

MISSING = {"error": "Not Found"}


@pytest.fixture
def recording(room, settings, tmp_path):
    """A recording with a film."""
    settings.MIXER, settings.RECORDINGS_FOLDER = True, str(tmp_path)
    one = RecordingFactory(session__room=room)
    finish_recordings(one.session, timezone.now())
    held = one.compositions.all()
    film_path(held.get()).write_bytes(b"film")
    composition_ready(held, faults=[], size_in_bytes=4, seconds=60, cpu_seconds=25)
    return one


def url_of(recording):
    return f"{RECORDINGS_URL}/{RECORDING_IDS.id_of(recording.pk)}"


def film_at(api, link):
    """Return the bytes of a film."""
    return b"".join(api.get(link))


def test_deleted_recording_has_no_links_and_is_in_no_list(api, recording):
    url = url_of(recording)
    link = api.get(url).json()["uri"]
    assert film_at(api, link) == b"film"

    deleted = api.delete(url)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert api.get(link).status_code == 404
    shown = api.get(url).json()
    # Only a single recording has them.
    assert shown.pop("people") == []
    assert (shown["state"], shown["uri"], shown["size_in_bytes"]) == ("deleted", None, 4)
    assert shown["deleted_at"] == shown["updated_at"] is not None
    for listed in (RECORDINGS_URL, f"{session_url(recording.session)}/recordings"):
        assert api.get(listed).json()["data"] == []
        assert api.get(listed, {"state": "ready"}).json()["data"] == []
        assert api.get(listed, {"state": "deleted"}).json()["data"] == [shown]


def test_restored_recording_has_its_state_and_its_links_again(api, recording):
    url = url_of(recording)
    before = api.get(url).json()
    api.delete(url)

    restored = api.post(f"{url}/restore")

    moved = ("uri", "updated_at")
    assert restored.status_code == 200
    assert {**restored.json(), **dict.fromkeys(moved)} == {**before, **dict.fromkeys(moved)}
    assert film_at(api, before["uri"]) == film_at(api, restored.json()["uri"]) == b"film"
    with nothing_changes():
        again = api.post(f"{url}/restore")
    assert {**again.json(), "uri": ""} == {**restored.json(), "uri": ""}


def test_dry_runs_of_deletion_and_restoration_change_nothing(api, recording):
    url = url_of(recording)
    with nothing_changes():
        assert api.delete(f"{url}?dry_run=true").status_code == 204
    api.delete(url)

    with nothing_changes():
        tried = api.post(f"{url}/restore?dry_run=true")

    assert (tried.json()["state"], tried.json()["dry_run"]) == ("ready", True)


def test_recording_in_progress_is_not_deleted(api, room):
    one = RecordingFactory(session__room=room)

    with nothing_changes():
        response = api.delete(url_of(one))

    assert response.status_code == 409
    assert response.json()["detail"] == "The recording is in progress. End it first."


def test_second_deletion_finds_nothing(api, recording):
    api.delete(url_of(recording))

    with nothing_changes():
        response = api.delete(url_of(recording))

    assert (response.status_code, response.json()) == (404, MISSING)


def test_recording_is_not_restored_after_72_hours(api, recording):
    api.delete(url_of(recording))
    Recording.objects.update(deleted_at=timezone.now() - RESTORABLE_FOR)

    with nothing_changes():
        response = api.post(f"{url_of(recording)}/restore")

    assert response.status_code == 409
    assert response.json()["detail"] == "The recording was deleted more than 72 hours ago."


def test_deletion_and_restoration_are_reported_with_the_api_token(api, recording):
    endpoint = WebhookEndpointFactory(project_id=recording.project_id)
    api.delete(url_of(recording))
    api.post(f"{url_of(recording)}/restore")

    sent = endpoint.deliveries.order_by("pk").values_list("event__type", flat=True)
    assert [*sent] == ["recording.deleted", "recording.restored"]
    events = api.get(f"{url_of(recording)}/events").json()["data"]
    names = [event["name"] for event in events]
    assert names[:3] == ["recording.restored", "recording.deleted", "recording.ready"]
    assert {event["payload"]["author"]["kind"] for event in events[:2]} == {"token"}


def test_recordings_expire_after_the_days_of_their_project(api, project, recording):
    def expiry():
        return api.get(url_of(recording)).json()["expires_at"]

    assert expiry() is None
    project.recording_days = 30
    project.save()
    Recording.objects.update(finished_at="2026-01-01T12:00:00Z")
    assert expiry() == "2026-01-31T12:00:00Z"

    api.delete(url_of(recording))
    assert expiry() is None

    api.post(f"{url_of(recording)}/restore")
    assert expiry() > (timezone.now() + timedelta(days=29)).isoformat()


def test_lists_take_the_same_statements_for_any_number(api, room, django_assert_max_num_queries):
    for _ in range(5):
        one = RecordingFactory(session__room=room, ended=True, session__ended=True)

    # The token, the recordings, and their films.
    with django_assert_max_num_queries(3):
        assert len(api.get(RECORDINGS_URL).json()["data"]) == 5
    with django_assert_max_num_queries(3):
        assert len(api.get(f"{session_url(one.session)}/recordings").json()["data"]) == 1


def test_unknown_state_is_refused(api):
    response = api.get(RECORDINGS_URL, {"state": "gone"})

    assert response.status_code == 422
    [fault] = response.json()["errors"]
    assert (fault["attribute"], fault["code"]) == ("state", "invalid_parameter")
