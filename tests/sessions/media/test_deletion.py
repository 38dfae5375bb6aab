"""Delete and restore recordings: events, compositions in work, and races with mixers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media.deletion import (
    FilesRemoved,
    RecordingInProgress,
    delete_recording,
    restore_recording,
)
from sessions.media.recordings import composition_ready, finish_recordings
from sessions.models import (
    RECORDING_IDS,
    RESTORABLE_FOR,
    Composition,
    CompositionState,
    Recording,
    RecordingState,
)
from tests.factories import TESTS, RecordingFactory
from tests.support.api import nothing_changes


@pytest.fixture
def recording(room, settings):
    """A recording that waits for a mixer."""
    settings.MIXER = True
    one = RecordingFactory(session__room=room)
    finish_recordings(one.session, timezone.now())
    one.refresh_from_db()
    return one


def films():
    return Composition.objects.values_list("state", flat=True)


def test_deletion_and_restoration_are_events_with_their_author(recording):
    deleted = delete_recording(recording, by=TESTS)
    restore_recording(recording, by=TESTS)

    restored, gone = recording.session.events.all()[:2]
    assert (gone.type, restored.type) == ("recording.deleted", "recording.restored")
    assert gone.payload["recording_id"] == str(RECORDING_IDS.id_of(recording.pk))
    assert gone.payload["author"] == {"kind": "system", "id": "", "name": "tests"}
    assert gone.payload["restorable_until"] > gone.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert restored.payload["restorable_until"] is None
    assert deleted.deleted_at == gone.at


@pytest.mark.parametrize("state", sorted({*RecordingState} - {"recording", "deleted"}))
def test_restoration_gives_back_every_state(recording, state):
    Recording.objects.update(state=state)

    assert delete_recording(recording, by=TESTS).state == "deleted"
    assert restore_recording(recording, by=TESTS).state == state

    recording.refresh_from_db()
    assert (recording.state, recording.deleted_at, recording.former_state) == (state, None, None)


def test_composition_of_a_deleted_recording_stops_and_starts_again(recording):
    delete_recording(recording, by=TESTS)

    assert [*films()] == [CompositionState.STOPPED]
    assert not Composition.objects.due(timezone.now()).exists()

    restore_recording(recording, by=TESTS)

    assert Composition.objects.due(timezone.now()).get().attempts == 0


def test_film_that_ends_after_the_deletion_does_not_undo_it(recording):
    Composition.objects.update(state=CompositionState.COMPOSING, attempts=1)
    held = Composition.objects.filter(pk=Composition.objects.get().pk, attempts=1)
    delete_recording(recording, by=TESTS)

    with nothing_changes():
        composition_ready(held, faults=[], size_in_bytes=1, seconds=1, cpu_seconds=1)

    assert [*films()] == [CompositionState.STOPPED]
    recording.refresh_from_db()
    assert recording.state == RecordingState.DELETED


def test_recording_in_progress_is_not_deleted(room):
    one = RecordingFactory(session__room=room)

    with nothing_changes(), pytest.raises(RecordingInProgress):
        delete_recording(one, by=TESTS)

    one.refresh_from_db()
    assert one.state == RecordingState.RECORDING


def test_second_deletion_is_refused_and_second_restoration_changes_nothing(recording):
    delete_recording(recording, by=TESTS)
    with nothing_changes(), pytest.raises(Recording.DoesNotExist):
        delete_recording(recording, by=TESTS)

    restore_recording(recording, by=TESTS)
    with nothing_changes():
        assert restore_recording(recording, by=TESTS).state == RecordingState.COMPOSING


@pytest.mark.parametrize(
    "values",
    [
        {"deleted_at": timezone.now() - RESTORABLE_FOR},
        {"files_removed_at": timezone.now()},
    ],
)
def test_recording_without_files_is_not_restored(recording, values):
    delete_recording(recording, by=TESTS)
    Recording.objects.update(**values)

    with nothing_changes(), pytest.raises(FilesRemoved):
        restore_recording(recording, by=TESTS)

    assert Recording.objects.get().state == RecordingState.DELETED


def test_recording_of_a_pruned_session_does_not_exist(recording):
    recording.session.delete()

    for change in (delete_recording, restore_recording):
        with pytest.raises(Recording.DoesNotExist):
            change(recording, by=TESTS)


def test_recording_is_restored_until_its_time_is_over(recording):
    delete_recording(recording, by=TESTS)
    Recording.objects.update(deleted_at=timezone.now() - RESTORABLE_FOR + timedelta(minutes=1))

    assert restore_recording(recording, by=TESTS).state == RecordingState.COMPOSING
