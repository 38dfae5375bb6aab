"""When a mixer takes previews, and what it does when it cannot."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.mixing.previews import EVERY, take_previews
from sessions.models import MediaRoom, Preview, RoomSession
from tests.factories import RoomFactory, SessionFactory
from tests.support.processes import free_port


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def live(project, settings):
    """A session with previews on a media server that does not answer."""
    settings.MEDIA_SERVER = "janus"
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"
    session = SessionFactory(room=RoomFactory(project=project, enable_room_previews=True))
    MediaRoom.objects.create(session=session)
    return session


def test_failed_shot_is_tried_again_after_30_seconds(live, now):
    RoomSession.objects.filter(pk=live.pk).update(preview_at=now)

    assert take_previews(now) == 1

    preview = Preview.objects.get()
    assert preview.due_at == now + EVERY == now + timedelta(seconds=30)
    assert preview.locked_until <= timezone.now()
    # The last picture stays until it is two minutes old.
    assert RoomSession.objects.get().preview_at == now
    assert take_previews(now) == 0
    assert take_previews(timezone.now() + EVERY) == 1


def test_room_of_another_mixer_is_left_alone(live, now):
    Preview.objects.create(session=live, due_at=now, locked_until=now + timedelta(seconds=60))

    assert take_previews(now) == 0
    assert take_previews(now + timedelta(seconds=60)) == 1


@pytest.mark.parametrize("values", [{"enable_room_previews": False}, {"media_room": None}])
def test_only_sessions_with_previews_on_the_media_server_get_a_row(live, now, values):
    if "media_room" in values:
        MediaRoom.objects.all().delete()
    else:
        RoomSession.objects.update(**values)

    assert take_previews(now) == 0
    assert not Preview.objects.exists()


def test_without_janus_there_is_nothing_to_do(live, now, settings):
    settings.MEDIA_SERVER = "none"

    assert take_previews(now) == 0
    assert not Preview.objects.exists()
