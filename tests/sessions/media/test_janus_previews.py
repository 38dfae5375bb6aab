"""A mixer takes moving pictures of rooms on a real Janus with real browsers."""

from pathlib import Path

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from sessions.lifecycle import admit, end
from sessions.media.janus_copies import copies_in
from sessions.media.seats import allocate_seat
from sessions.mixing.previews import EVERY, LEASE, take_previews
from sessions.models import Preview, RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, RoomFactory
from tests.support.janus_visitor import Visitor
from tests.support.media_sync import run_sync
from tests.support.previews import LEFT, RIGHT, brightness
from tests.support.processes import eventually
from tests.support.server import spawn
from tests.support.video_calls import comes_to

MIDDLE = (160, 90)
# Join a further room, and wait until the camera is there.
JOIN = """async (place) => {
  await join(place);
  const sending = window.call.sending;
  while (sending.connectionState !== "connected") await new Promise((next) => setTimeout(next, 50));
}"""
pytestmark = pytest.mark.django_db(transaction=True)
FLASH = Path(__file__).parents[2] / "support/media_client/flash.js"


def admission_to(room):
    claims = Claims(project_id=room.project_id, room_name=room.name, id=uuid7())
    return admit(claims, by=TESTS)


@pytest.fixture
def room(project):
    return RoomFactory(project=project, enable_room_previews=True)


@pytest.fixture
def call(janus, let_in, enter):
    """Let people with the flashing camera join; the picture is white for half of each second."""

    def join(user):
        admission = let_in(user)
        page = enter(allocate_seat(admission), script=FLASH)
        page.evaluate("flash.seconds = 0.5")
        comes_to(page, "publishing")
        return admission

    return join


def test_preview_shows_the_camera_beside_a_name(call, let_in, janus, client):
    session = call("anna").session
    Visitor(allocate_seat(let_in("ben")))
    run_sync()

    assert take_previews(timezone.now()) == 1

    session.refresh_from_db()
    link = session.preview_url
    picture = client.get(link).content
    white = [light > 200 for light in brightness(picture, LEFT)]
    assert len(white) == 12
    # White for half of each second, and the name stays dark.
    assert 3 <= sum(white) <= 9
    assert max(brightness(picture, RIGHT)) < 100
    assert copies_in(janus, session) == []

    end(RoomSession.objects.all(), session.pk)
    assert client.get(link).status_code == 404
    run_sync()


def test_next_mixer_continues_after_a_killed_one(call, janus, running_janus, server_env):
    session = call("anna").session
    env = {**server_env, **running_janus.env, "MIXER": "true"}
    mixer = spawn(env, "manage.py", "mixer")
    eventually(lambda: copies_in(janus, session))
    mixer.kill()
    mixer.wait()

    assert copies_in(janus, session)
    assert take_previews(timezone.now()) == 0
    assert take_previews(timezone.now() + LEASE) == 1
    assert copies_in(janus, session) == []
    session.refresh_from_db()
    assert session.preview_url
    end(RoomSession.objects.all(), session.pk)
    run_sync()


def test_eight_rooms_are_taken_at_once(janus, project, enter):
    """A browser has at most six connections to Janus, so two pages send to four rooms each."""
    rooms = RoomFactory.create_batch(8, project=project, enable_room_previews=True)
    places = [allocate_seat(admission_to(room)) for room in rooms]
    for first in (0, 4):
        page = enter(places[first], script=FLASH)
        page.evaluate("flash.seconds = 0.5")
        comes_to(page, "publishing")
        for place in places[first + 1 : first + 4]:
            page.evaluate(JOIN, place)
    run_sync()

    assert take_previews(timezone.now()) == 8

    for preview in Preview.objects.all():
        light = brightness(preview.picture, MIDDLE)
        assert max(light) > 200, light
        assert min(light) < 100, light
    for session in RoomSession.objects.all():
        end(RoomSession.objects.all(), session.pk)
    run_sync()


def test_no_picture_without_a_camera_or_when_previews_are_off(let_in, janus):
    """The only member of this room does not send."""
    admission = let_in("ben")
    Visitor(allocate_seat(admission))
    session = RoomSession.objects.filter(pk=admission.session.pk)
    session.update(preview_at=timezone.now())

    assert take_previews(timezone.now()) == 1
    assert Preview.objects.get().picture is None
    assert session.get().preview_at is None

    session.update(enable_room_previews=False)
    assert take_previews(timezone.now() + EVERY) == 1
    assert not Preview.objects.exists()
    assert take_previews(timezone.now() + EVERY) == 0
