"""The moving pictures of live rooms: who gets a link, for how long it opens, and where it is."""

import io
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from sessions.lifecycle import end
from sessions.media.previews import forget_previews
from sessions.models import Preview, RoomSession
from tests.factories import RoomFactory, SessionFactory
from tests.support.api import SESSIONS_URL, room_url
from tests.support.html import log_in

SEEN_ON = ("/now", "/now?view=wall", "/")


def moving():
    """Return an animated WebP, red and then blue."""
    file = io.BytesIO()
    pictures = [Image.new("RGB", (320, 180), color) for color in ("#f00", "#00f")]
    pictures[0].save(file, "WEBP", save_all=True, append_images=pictures[1:], duration=200)
    return file.getvalue()


@pytest.fixture
def room(project):
    return RoomFactory(project=project, enable_room_previews=True)


@pytest.fixture
def live(room):
    """A live session with a picture."""
    session = SessionFactory(room=room, preview_at=timezone.now())
    Preview.objects.create(session=session, picture=moving())
    return session


def change(session, **values):
    RoomSession.objects.filter(pk=session.pk).update(**values)


def test_anyone_with_the_link_sees_the_picture(client, api, live, room):
    found = api.get(f"{SESSIONS_URL}/{live.pk}").json()["preview_url"]
    assert found.startswith(f"/previews/{live.pk}.")
    assert api.get(room_url(room)).json()["active_session"]["preview_url"] == found

    response = client.get(found)

    assert response.status_code == 200
    assert response.content == moving()
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_still_is_the_first_picture(client, live):
    response = client.get(f"{live.preview_url}?still")

    still = Image.open(io.BytesIO(response.content))
    assert (still.format, still.size, still.n_frames) == ("WEBP", (320, 180), 1)
    red, _, blue = still.convert("RGB").getpixel((100, 100))
    assert red > 200
    assert blue < 50


def test_one_statement_finds_the_picture(client, live, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(live.preview_url)


@pytest.mark.parametrize(
    "values",
    [
        {"enable_room_previews": False},
        {"preview_at": None},
        {"preview_at": timezone.now() - timedelta(minutes=2)},
    ],
    ids=["off", "none", "old"],
)
def test_link_is_dead_and_not_shown(client, api, live, values):
    link = live.preview_url
    change(live, **values)

    assert client.get(link).status_code == 404
    assert api.get(f"{SESSIONS_URL}/{live.pk}").json()["preview_url"] is None


def test_link_dies_with_the_session(client, api, live):
    link = live.preview_url
    end(RoomSession.objects.all(), live.pk)

    assert client.get(link).status_code == 404
    assert api.get(f"{SESSIONS_URL}/{live.pk}").json()["preview_url"] is None
    assert forget_previews() == 1
    assert not Preview.objects.exists()


def test_link_of_another_session_or_key_opens_nothing(client, live):
    other = SessionFactory(preview_at=timezone.now(), enable_room_previews=True)
    Preview.objects.create(session=other, picture=moving())

    assert client.get(f"/previews/{live.pk}.{'0' * 32}.webp").status_code == 404
    assert client.get(live.preview_url.replace(str(live.pk), str(other.pk))).status_code == 404


def test_picture_that_no_mixer_renews_is_deleted(live):
    assert forget_previews() == 0

    change(live, preview_at=timezone.now() - timedelta(minutes=3))

    assert forget_previews() == 1
    assert Preview.objects.get().picture is None


def test_staff_who_may_see_the_session_see_its_picture(client, live, room):
    pages = (*SEEN_ON, f"/rooms/{room.pk}", f"/sessions/{live.pk}", f"/sessions/{live.pk}/preview")
    log_in(client)
    alt = f'alt="Preview of {room.display_name}" width="320" height="180" loading="lazy"'
    for page in pages:
        text = client.get(page).content.decode()
        assert f'src="{live.preview_url}?at=' in text, page
        assert alt in text, page
        assert '<source media="(prefers-reduced-motion: reduce)"' in text, page


def test_staff_who_may_not_see_the_session_see_no_picture(client, live, room):
    log_in(client, "rooms.view_room")
    for page in (*SEEN_ON, f"/rooms/{room.pk}"):
        response = client.get(page)
        assert response.status_code == 200
        assert "/previews/" not in response.content.decode(), page

    assert client.get(f"/sessions/{live.pk}/preview").status_code == 403


def statements(read):
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_pictures_need_no_statement(client, api, live, room):
    log_in(client)
    urls = (*SEEN_ON, f"/rooms/{room.pk}", f"/sessions/{live.pk}")
    reads = [partial(client.get, url) for url in urls]
    reads += [partial(api.get, url) for url in (SESSIONS_URL, room_url(room))]
    for read in reads:
        read()
        shown = statements(read)
        change(live, preview_at=None)
        assert statements(read) == shown, read
        change(live, preview_at=timezone.now())
