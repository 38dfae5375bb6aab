"""A worker deletes the recordings that a project does not keep any longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media import retention
from sessions.media.deletion import delete_recording, restore_recording
from sessions.media.retention import delete_expired, expires_at
from sessions.models import Recording, RecordingState
from tests.factories import TESTS, ProjectFactory, RecordingFactory

DAYS = 30


@pytest.fixture
def project():
    return ProjectFactory(recording_days=DAYS)


def recording_of(project, days_ago):
    """Make a recording that ended some days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    return RecordingFactory(
        session__room__project=project, session__start_time=at, session__ended=True, ended=True
    )


def states():
    return [*Recording.objects.order_by("pk").values_list("state", flat=True)]


def test_only_expired_recordings_of_the_project_are_deleted(db, project):
    expired = recording_of(project, DAYS)
    recording_of(project, DAYS - 0.01)
    recording_of(ProjectFactory(), 5000)
    RecordingFactory(session__room__project=project, started_at=expired.started_at)

    assert delete_expired() == 1
    assert delete_expired() == 0

    assert states() == ["deleted", "raw", "raw", "recording"]
    event = expired.session.events.first()
    assert (event.type, event.payload["author"]["name"]) == ("recording.deleted", "worker")


def test_days_begin_again_with_a_restoration(db, project):
    one = recording_of(project, DAYS)
    delete_expired()
    restore_recording(one, by=TESTS)

    assert delete_expired() == 0
    Recording.objects.update(restored_at=timezone.now() - timedelta(days=DAYS))
    assert delete_expired() == 1


def test_batches_are_bounded_and_all_expired_are_deleted(db, project, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for owner in (project, project, ProjectFactory(recording_days=1)):
        recording_of(owner, DAYS)

    assert [delete_expired() for _ in range(3)] == [2, 1, 0]

    assert set(states()) == {RecordingState.DELETED}


def test_expiry_is_known_before_it_happens(db, project):
    one = recording_of(project, 1)

    def expiry():
        return expires_at(Recording.objects.with_days_kept().get(pk=one.pk))

    assert expiry() == one.finished_at + timedelta(days=DAYS)
    restored = restore_recording(delete_recording(one, by=TESTS), by=TESTS)
    assert expiry() == restored.restored_at + timedelta(days=DAYS)
    delete_recording(one, by=TESTS)
    assert expiry() is None
    project.recording_days = None
    project.save()
    restore_recording(one, by=TESTS)
    assert expiry() is None
