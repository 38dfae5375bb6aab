"""A mixer removes the films and raw files of recordings that were deleted 72 hours ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media.deletion import delete_recording, restore_recording
from sessions.media.recordings import film_path, queue_composition
from sessions.mixing.removing import remove_files
from sessions.models import RESTORABLE_FOR, Recording
from tests.factories import TESTS, MemberFactory, RecordingFactory
from tests.support.raw_recordings import sounds, write_raw_file


@pytest.fixture
def folder(settings, tmp_path):
    settings.RECORDINGS_FOLDER = str(tmp_path / "films")
    settings.JANUS_RECORDINGS = str(tmp_path / "raw")
    for name in ("films", "raw"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def member(room):
    start = timezone.now() - timedelta(minutes=10)
    return MemberFactory(session__room=room, session__start_time=start, join_time=start)


@pytest.fixture
def recorded(folder, member):
    """Make a recording of a minute, with a film and a raw file."""

    def make(minute):
        start = member.join_time + timedelta(minutes=minute)
        recording = RecordingFactory(
            session=member.session,
            started_at=start,
            finished_at=start + timedelta(minutes=1),
            state="ready",
        )
        film = film_path(queue_composition(recording, member.session))
        film.write_bytes(b"film")
        began = start + timedelta(seconds=1)
        raw = write_raw_file(member, "opus", sounds(1), began, number=minute)
        return recording, film, raw

    return make


def delete(recording, ago=RESTORABLE_FOR):
    delete_recording(recording, by=TESTS)
    Recording.objects.filter(pk=recording.pk).update(deleted_at=timezone.now() - ago)


def test_only_the_files_of_the_deleted_recording_are_removed(folder, recorded):
    deleted, *gone = recorded(1)
    sibling, *kept = recorded(3)
    of_a_killed_mixer = gone[0].with_name(f"{gone[0].name}.1.part")
    of_a_killed_mixer.write_bytes(b"fi")
    torn = gone[1].with_name(gone[1].name.replace("audio", "video"))
    torn.write_bytes(b"")
    delete(deleted)

    assert remove_files() == 1

    assert [path.exists() for path in (*gone, of_a_killed_mixer)] == [False] * 3
    assert [path.exists() for path in (*kept, torn)] == [True] * 3
    deleted.refresh_from_db()
    assert (deleted.state, deleted.files_removed_at is not None) == ("deleted", True)
    sibling.refresh_from_db()
    assert sibling.files_removed_at is None
    assert remove_files() == 0


def test_last_recording_takes_the_files_without_a_header_and_the_folder(folder, recorded):
    [first, *_], [second, _, raw] = recorded(1), recorded(3)
    torn = raw.with_name(raw.name.replace("audio", "video"))
    torn.write_bytes(b"")
    session = second.session
    session.status, session.end_time = "completed", timezone.now()
    session.save()
    delete(first)
    delete(second)

    assert remove_files() == 2

    assert not raw.parent.exists()


def test_files_with_names_of_clients_stay(folder, recorded):
    recording, _, raw = recorded(1)
    chosen = raw.with_name("chosen-by-a-client.mjr")
    chosen.write_bytes(raw.read_bytes())
    delete(recording)

    remove_files()

    assert [path.name for path in raw.parent.iterdir()] == [chosen.name]


def test_files_stay_while_the_recording_can_be_restored(recorded):
    recording, *files = recorded(1)
    delete(recording, ago=RESTORABLE_FOR - timedelta(minutes=1))

    assert remove_files() == 0
    restore_recording(recording, by=TESTS)
    assert remove_files() == 0

    assert all(path.exists() for path in files)


def test_removal_that_was_interrupted_is_finished_by_the_next(folder, recorded):
    recording, film, raw = recorded(1)
    film.unlink()
    # The system cannot unlink a folder, so this removal fails in the middle.
    film.mkdir()
    delete(recording)

    assert remove_files() == 0
    recording.refresh_from_db()
    assert (recording.files_removed_at, raw.exists()) == (None, True)

    film.rmdir()
    assert remove_files() == 1
    assert not raw.exists()


def test_removal_waits_for_the_folder_of_raw_files(folder, recorded):
    recording, *_ = recorded(1)
    (folder / "raw").rename(folder / "away")
    delete(recording)

    assert remove_files() == 0

    (folder / "away").rename(folder / "raw")
    assert remove_files() == 1
