"""A composed film plays in a browser, on the page of its recording."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media.recordings import film_path, finish_recordings
from sessions.mixing.composing import compose_due
from sessions.models import RECORDING_IDS
from tests.factories import MemberFactory, RecordingFactory, StaffFactory
from tests.support.browser import log_in
from tests.support.processes import eventually
from tests.support.raw_recordings import pictures, sounds, write_raw_file

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 3


@pytest.fixture
def recording(greenroom, room, settings, tmp_path):
    """A composed recording of one person, for the server; every Chromium plays WebM."""
    settings.MIXER, settings.RECORDINGS_FORMAT = True, "webm"
    settings.JANUS_RECORDINGS = str(tmp_path / "raw")
    start = timezone.now() - timedelta(seconds=SECONDS)
    one = RecordingFactory(session__room=room, session__start_time=start)
    member = MemberFactory(session=one.session, name="Ada", join_time=start)
    write_raw_file(member, "vp8", pictures(SECONDS), start)
    write_raw_file(member, "opus", sounds(SECONDS), start)
    finish_recordings(one.session, start + timedelta(seconds=SECONDS))
    assert compose_due(timezone.now()) == 1
    yield one
    film_path(one.compositions.get()).unlink()


def test_film_plays_and_seeks(recording, greenroom, open_page):
    page = open_page()
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/recordings/{RECORDING_IDS.id_of(recording.pk)}")

    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    eventually(lambda: video.evaluate("video => video.currentTime > 0.3"))
    video.evaluate("video => { video.pause(); video.currentTime = 2; }")
    eventually(lambda: video.evaluate("video => !video.seeking"))

    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [1280, 720]
    assert 2.5 < video.evaluate("video => video.duration") < 3.5
    assert video.evaluate("video => video.currentTime") == 2
