"""A mixer composes what a real Janus recorded of real browsers."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import av
import pytest
from django.utils import timezone

from sessions.lifecycle import end
from sessions.media.recordings import film_path
from sessions.media.seats import allocate_seat
from sessions.mixing.composing import compose_due
from sessions.models import Composition, RecordingState, RoomSession
from tests.factories import RoomFactory
from tests.support.films import beeps, flashes
from tests.support.media_sync import run_sync
from tests.support.processes import eventually
from tests.support.video_calls import comes_to

pytestmark = pytest.mark.django_db(transaction=True)
FLASH = Path(__file__).parents[2] / "support/media_client/flash.js"
# Milliseconds of a microphone that is off; not a number of seconds, which beeps would hide.
PAUSE = 4_600


@pytest.fixture
def room(project):
    return RoomFactory(project=project, record_on_start=True, audio_video_sync=True)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MIXER = True
    settings.RECORDINGS_FOLDER = str(tmp_path / "films")


@pytest.fixture
def call(janus, let_in, enter):
    """Let people with the flashing camera join; a page is visible only while it is in front."""

    def join(user):
        admission = let_in(user)
        page = enter(allocate_seat(admission), script=FLASH)
        comes_to(page, "publishing")
        run_sync()
        return admission.session, page

    return join


def composed():
    """Compose the recording when Janus has closed its files."""

    def is_finished():
        compose_due(timezone.now())
        return not Composition.objects.due(timezone.now() + timedelta(days=1)).exists()

    eventually(is_finished)
    return Composition.objects.get()


def test_call_becomes_a_film_in_step(call):
    session, first = call("anna")
    first.wait_for_timeout(3000)
    _, second = call("ben")
    second.evaluate("flash.pause()")
    began = time.monotonic()
    second.wait_for_timeout(PAUSE)
    while not 0.4 < (time.monotonic() - began) % 1 < 0.7:
        second.wait_for_timeout(50)
    second.evaluate("flash.resume()")
    second.wait_for_timeout(3000)
    end(RoomSession.objects.all(), session.pk)
    run_sync()

    film = composed()
    assert film.recording.state == RecordingState.READY
    assert film.fault == ""
    path = film_path(film)
    assert film.size_in_bytes == path.stat().st_size
    lights, sounds = flashes(path, 320, 360, fps=20), beeps(path)
    assert len(lights) > 8
    # Every voice is in step with the picture, also after the microphone was off.
    assert out_of_step(sounds, lights) < 0.08
    # The first one fills the picture until the second one comes.
    above = flashes(path, 640, 60, fps=20)
    joined = session.members.latest("join_time").join_time - film.recording.started_at
    assert 0 <= joined.total_seconds() - above[-1] < 1.5

    without_sync = composed_again(film, in_sync=False)
    sounds = beeps(without_sync, apart=6_000)
    # The pause is missing in the voice, which is 4.6 seconds early after it.
    assert out_of_step(sounds, flashes(without_sync, 320, 360, fps=20)) > 0.15
    larger = composed_again(film, quality="1080p", fps=30)
    with av.open(str(larger)) as opened:
        picture = opened.streams.video[0]
        assert (picture.width, picture.height, picture.average_rate) == (1920, 1080, 30)
    assert out_of_step(beeps(larger), flashes(larger, 480, 540, fps=30)) < 0.08


def test_killed_janus_loses_no_recording(call, running_janus, room):
    session, page = call("anna")
    page.wait_for_timeout(8000)
    # Frozen, Janus does not see that the page is closed, which would report the lost connection.
    running_janus.process.send_signal(signal.SIGSTOP)
    page.close()
    running_janus.process.kill()
    running_janus.process.wait()
    parts = [*(running_janus.recordings / str(session.pk)).iterdir()]
    assert {path.suffix for path in parts} == {".part"}
    running_janus.start()
    end(RoomSession.objects.all(), session.pk)
    run_sync()
    for path in parts:
        # Nothing writes to them any more.
        os.utime(path, (0, path.stat().st_mtime - 60))

    film = composed()

    assert (film.recording.state, film.fault) == (RecordingState.READY, "")
    assert len(beeps(film_path(film))) >= 2


def out_of_step(sounds, lights):
    """Return the most seconds between a beep and the flashes, which come each second."""
    return abs((sounds - lights[0] + 0.5) % 1 - 0.5).max()


def composed_again(film, **changed):
    """Compose the same raw files with another setting; return the path."""
    values = {name: getattr(film, name) for name in ("layout", "quality", "fps", "in_sync")}
    other = film.recording.compositions.create(**{**values, **changed})
    assert compose_due(timezone.now()) == 1
    other.refresh_from_db()
    assert (other.state, other.fault) == (RecordingState.READY, "")
    return film_path(other)
