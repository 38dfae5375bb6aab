"""A mixer takes moving pictures of rooms on a real Janus with real browsers."""

from pathlib import Path

import pytest
from django.utils import timezone

from sessions.lifecycle import end
from sessions.media.seats import allocate_seat
from sessions.mixing.previews import take_previews
from sessions.models import RoomSession
from tests.factories import RoomFactory
from tests.support.janus_visitor import Visitor
from tests.support.media_sync import run_sync
from tests.support.previews import LEFT, RIGHT, brightness
from tests.support.video_calls import comes_to

pytestmark = pytest.mark.django_db(transaction=True)
FLASH = Path(__file__).parents[2] / "support/media_client/flash.js"


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
    admission = call("anna")
    Visitor(allocate_seat(let_in("ben")))
    session = admission.session
    run_sync()

    assert take_previews(timezone.now()) == 1

    session.refresh_from_db()
    response = client.get(session.preview_url)
    white = [light > 200 for light in brightness(response.content, LEFT)]
    assert len(white) == 12
    # White for half of each second, and the name stays dark.
    assert 3 <= sum(white) <= 9
    assert max(brightness(response.content, RIGHT)) < 100
    assert janus.copies(session) == []

    end(RoomSession.objects.all(), session.pk)
    assert client.get(session.preview_url or response.request["PATH_INFO"]).status_code == 404
    run_sync()
