"""A mixer takes recordings from the queue, and a film is whole or absent."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from sessions.media.recordings import film_path, finish_recordings
from sessions.mixing import children, composing, jobs
from sessions.mixing.composing import LEASE, MOST_ATTEMPTS, compose_due, remove_orphans
from sessions.models import Composition, CompositionState, RecordingState
from tests.factories import CompositionFactory, MemberFactory, RecordingFactory
from tests.support.raw_recordings import pictures, sounds, write_raw_file

SECONDS = 2


@pytest.fixture
def folder(settings, tmp_path):
    settings.MIXER = True
    settings.RECORDINGS_FOLDER = str(tmp_path / "films")
    settings.JANUS_RECORDINGS = str(tmp_path / "raw")
    return tmp_path


@pytest.fixture
def recording(db, room, folder):
    """A recording of two seconds that has ended, of one person."""
    start = timezone.now() - timedelta(seconds=SECONDS)
    one = RecordingFactory(session__room=room, session__start_time=start)
    member = MemberFactory(session=one.session, name="Ada", join_time=start)
    write_raw_file(member, "vp8", pictures(SECONDS), start)
    write_raw_file(member, "opus", sounds(SECONDS), start)
    finish_recordings(one.session, start + timedelta(seconds=SECONDS))
    return one


def raw_folder(folder, recording):
    return folder / "raw" / str(recording.session_id)


def later(seconds=0):
    return timezone.now() + timedelta(seconds=seconds)


def test_recording_is_composed_once(recording, folder):
    assert compose_due(later()) == 1
    assert compose_due(later()) == 0

    film = Composition.objects.get()
    assert (film.state, film.fault, film.done) == (CompositionState.READY, "", 1.0)
    assert film.seconds == pytest.approx(SECONDS)
    assert film.cpu_seconds > 0
    assert [path.name for path in (folder / "films").iterdir()] == [f"{film.pk}.mp4"]
    recording.refresh_from_db()
    assert recording.state == RecordingState.READY


def test_strange_names_links_and_headers_are_not_read(recording, folder):
    raw = raw_folder(folder, recording)
    [audio, video] = sorted(raw.iterdir())
    (raw / "chosen-by-a-client.mjr").write_bytes(audio.read_bytes())
    (raw / video.name.replace("-0.mjr", "-7.mjr")).symlink_to("/etc/passwd")
    (raw / video.name.replace("-0.mjr", "-8.mjr")).write_bytes(b"torn")

    compose_due(later())

    film = Composition.objects.get()
    assert (film.state, film.fault) == (CompositionState.READY, "")


def test_fifty_torn_files_cost_no_film(recording, folder):
    raw, random = raw_folder(folder, recording), Random(50)  # noqa: S311 - the same files each time
    [audio, video] = sorted(raw.iterdir())
    for number in range(1, 51):
        source = random.choice([audio, video])
        (raw / source.name.replace("-0.mjr", f"-{number}.mjr")).write_bytes(
            _torn(bytearray(source.read_bytes()), random)
        )

    assert compose_due(later()) == 1

    film = Composition.objects.get()
    assert (film.state, film.attempts) == (CompositionState.READY, 1)
    assert film.seconds == pytest.approx(SECONDS)
    assert all(": " in line for line in film.fault.splitlines())
    assert len(list(raw.iterdir())) == 52


def _torn(data, random):
    """Damage a file at some places, and cut it somewhere."""
    for _ in range(random.randrange(4)):
        at = random.randrange(len(data))
        data[at : at + 4] = random.randbytes(random.randrange(9))
    return bytes(data[: random.randrange(len(data) + 1)])


def test_recording_without_raw_files_fails_with_a_sentence(recording, folder):
    for path in raw_folder(folder, recording).iterdir():
        path.unlink()

    compose_due(later())

    recording.refresh_from_db()
    assert recording.state == RecordingState.FAILED
    event = recording.session.events.first()
    assert event.type == "recording.failed"
    assert event.payload["fault"] == "There are no raw files of this recording on this machine."


def test_film_that_fails_three_times_has_failed(recording, folder, monkeypatch):
    monkeypatch.setattr(children, "ENVIRONMENT", {"PYTHONPATH": "/nowhere"})

    for attempt in range(MOST_ATTEMPTS):
        assert Composition.objects.get().state != CompositionState.FAILED
        assert compose_due(later(20 * attempt)) == 1

    film = Composition.objects.get()
    assert film.state == CompositionState.FAILED
    assert "sessions" in film.fault
    assert len(list(raw_folder(folder, recording).iterdir())) == 2


def test_killed_child_is_an_attempt_that_leaves_nothing(recording, folder, monkeypatch):
    def kill(composition, done):
        os.kill(child.pid, signal.SIGKILL)

    started = subprocess.Popen

    def popen(*arguments, **options):
        nonlocal child
        child = started(*arguments, **options)
        return child

    child = None
    monkeypatch.setattr(children.subprocess, "Popen", popen)
    monkeypatch.setattr(composing, "_renew", kill)

    compose_due(later())

    film = Composition.objects.get()
    assert (film.state, film.attempts) == (CompositionState.COMPOSING, 1)
    assert list((folder / "films").iterdir()) == []
    monkeypatch.undo()
    compose_due(later(20))
    assert Composition.objects.get().state == CompositionState.READY


def test_full_disk_is_no_attempt_and_the_film_waits_for_space(recording, folder, monkeypatch):
    whole = composing.job_of
    # Each write to this device fails as on a full disk.
    full = {"unfinished": "/dev/full"}
    monkeypatch.setattr(composing, "job_of", lambda *job: {**whole(*job), **full})

    for minute in range(MOST_ATTEMPTS + 1):
        assert compose_due(later(70 * minute)) == 1

    film = Composition.objects.get()
    assert (film.state, film.attempts) == (CompositionState.COMPOSING, 0)
    assert film.fault == "The disk is full. A mixer tries again every minute."
    assert list((folder / "films").iterdir()) == []
    monkeypatch.undo()
    assert compose_due(later(70 * minute + 70)) == 1
    film.refresh_from_db()
    assert (film.state, film.fault) == (CompositionState.READY, "")


def test_film_of_a_killed_mixer_is_taken_after_its_lease(recording):
    Composition.objects.update(
        state=CompositionState.COMPOSING, attempts=1, locked_until=later() + LEASE
    )

    assert compose_due(later()) == 0
    assert compose_due(later(1) + LEASE) == 1

    assert Composition.objects.get().state == CompositionState.READY


def test_mixer_that_ends_puts_its_film_back(recording, folder):
    composing.end_composing()
    try:
        compose_due(later())
    finally:
        composing._ending.clear()

    film = Composition.objects.get()
    assert (film.state, film.attempts) == (CompositionState.COMPOSING, 0)
    assert film.locked_until <= later()
    assert list((folder / "films").iterdir()) == []


def test_mixer_that_lost_its_film_writes_nothing(recording):
    film = Composition.objects.get()
    held = Composition.objects.filter(pk=film.pk, attempts=1)

    composing.composition_ready(held, faults=[], size_in_bytes=1, seconds=1, cpu_seconds=1)

    assert Composition.objects.get().state == CompositionState.QUEUED
    assert recording.session.events.first().type != "recording.ready"


def test_open_file_is_waited_for(recording, folder):
    [audio, _] = sorted(raw_folder(folder, recording).iterdir())
    audio.rename(f"{audio}.part")

    compose_due(later())

    film = Composition.objects.get()
    assert (film.state, film.attempts) == (CompositionState.COMPOSING, 0)
    os.utime(f"{audio}.part", (0, 0))
    compose_due(later(5))
    assert Composition.objects.get().state == CompositionState.READY


def test_films_without_a_row_are_deleted(recording):
    compose_due(later())
    path = film_path(Composition.objects.get())
    assert remove_orphans() == 0

    Composition.objects.all().delete()

    assert remove_orphans() == 1
    assert not path.exists()


def test_child_has_no_network_no_secrets_and_limits(live_server):
    code = (
        "import os, resource, socket, sys\n"
        "from sessions.mixing.child import confine\n"
        "confine(5, 0)\n"
        "assert resource.getrlimit(resource.RLIMIT_CPU)[0] == 5\n"
        "assert os.nice(0) >= 10\n"
        "print(*sorted(os.environ))\n"
        "assert 'django' not in sys.modules\n"
        "socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(live_server.thread.port)],
        env=children.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == sorted(children.ENVIRONMENT)
    # A kernel that lets no user leave the network keeps the other limits.
    assert "Network is unreachable" in done.stderr or not done.returncode


def test_film_without_a_member_has_no_trace_of_them(recording, folder):
    compose_due(later())
    session, start = recording.session, recording.started_at
    bob = MemberFactory(session=session, name="Bob", join_time=start)
    ada = session.members.get(name="Ada")
    film = CompositionFactory(recording=recording, layout="2x1", without=[str(ada.pk)])
    recording.refresh_from_db()

    job = jobs.job_of(film, folder / "film.mp4")

    assert [(one["name"], one["files"]) for one in job["people"]] == [("Bob", [])]
    assert len(job["places"]) == 2
    assert str(ada.pk) not in str(job)
    assert bob.name in str(job)


def test_file_of_a_deleted_film_is_removed(recording, folder):
    compose_due(later())
    Composition.objects.update(state=CompositionState.DELETED)

    assert remove_orphans() == 1

    assert list((folder / "films").iterdir()) == []
    assert Composition.objects.count() == 1
