"""The process of a mixer: it starts with its settings only, and ends cleanly."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions.media.recordings import finish_recordings
from sessions.mixing.composing import compose_due
from sessions.models import Composition, CompositionState
from sessions.models.worker_process import WorkerProcess
from sessions.worker.monitoring import last_beat, workers_at_work
from tests.factories import MemberFactory, RecordingFactory
from tests.support.processes import end, eventually
from tests.support.raw_recordings import pictures, write_raw_file
from tests.support.server import spawn

# Seconds of a recording that is composed long enough to be killed.
LONG = 15


def test_mixer_needs_its_setting(settings):
    settings.MIXER = False

    with pytest.raises(CommandError, match="MIXER=true"):
        call_command("mixer")


def test_mixer_ends_cleanly_and_counts_as_no_worker(server_env, transactional_db):
    process = spawn({**server_env, "MIXER": "true"}, "manage.py", "mixer")
    eventually(WorkerProcess.objects.exists)

    assert not workers_at_work(WorkerProcess.objects.get().beat_at).exists()
    assert last_beat() is None
    assert end(process) == 0
    assert WorkerProcess.objects.get().ended_at is not None


@pytest.fixture
def long_recording(transactional_db, settings, tmp_path, room):
    """An ended recording whose composition takes some seconds, and the folders of a mixer."""
    settings.MIXER = True
    settings.RECORDINGS_FOLDER = str(tmp_path / "films")
    settings.JANUS_RECORDINGS = str(tmp_path / "raw")
    start = timezone.now() - timedelta(seconds=LONG)
    one = RecordingFactory(session__room=room, session__start_time=start, session__quality="1080p")
    member = MemberFactory(session=one.session, join_time=start)
    write_raw_file(member, "vp8", pictures(LONG), start)
    finish_recordings(one.session, start + timedelta(seconds=LONG))
    return one


def test_killed_mixer_loses_no_recording(long_recording, server_env, settings, tmp_path):
    folders = {name: getattr(settings, name) for name in ("RECORDINGS_FOLDER", "JANUS_RECORDINGS")}
    mixer = spawn({**server_env, "MIXER": "true", **folders}, "manage.py", "mixer")
    films = Composition.objects.filter(recording=long_recording)
    eventually(lambda: list((tmp_path / "films").glob("*.part")))

    mixer.kill()
    mixer.wait()

    assert films.get().state == CompositionState.COMPOSING
    assert not list((tmp_path / "films").glob("*.mp4"))
    # The lease of the killed mixer is over after a minute.
    films.update(locked_until=timezone.now())
    assert compose_due(timezone.now()) == 1
    film = films.get()
    assert (film.state, film.attempts, film.fault) == (CompositionState.READY, 2, "")
    assert [path.name for path in (tmp_path / "films").iterdir()] == [f"{film.pk}.mp4"]
