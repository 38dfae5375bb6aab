"""A whole call: our tokens, a real Janus, browsers with a camera, and staff with the room form."""

import re
from collections import Counter
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from access.values.timestamps import whole_second
from sessions.models import LeaveReason, MediaRoom, MediaSeat, Member
from tests.factories import RoomFactory, StaffFactory, TokenFactory
from tests.support.api import ADMISSIONS_URL, basic
from tests.support.browser import log_in
from tests.support.janus import prepared_janus
from tests.support.processes import eventually
from tests.support.server import start_server
from tests.support.video_calls import Recording, comes_to, recordings, sees
from tests.support.worker_pool import Nursery

HAPPENED = {
    "room.started": 1,
    "recording.started": 1,
    "member.joined": 2,
    "room.updated": 1,
    "member.left": 2,
    "room.ended": 1,
}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(client_origin, server_env, transactional_db):
    """Greenroom with a worker and a Janus that posts its events to it."""
    with prepared_janus() as janus:
        # Regular syncs are an hour apart, so every sync is requested by an event of Janus.
        env = {**server_env, **janus.env, "MEDIA_LOOK_SECONDS": "3600"}
        with start_server(env) as server, Nursery(env) as nursery:
            janus.configure(client_origin, server.url)
            janus.start()
            worker = nursery.start()
            server.janus = janus
            yield server
            assert nursery.end(worker) == 0


@pytest.fixture
def staff(server, open_page):
    """A browser with a signed-in user."""
    page = open_page(timezone_id="UTC")
    log_in(page, server, StaffFactory())
    return page


@pytest.fixture
def room(project):
    return RoomFactory(project=project, name="consultation", max_members=2, record_on_start=True)


@pytest.fixture
def backend(server, project):
    """The backend of a customer: it calls our API with a token of its project."""
    token = TokenFactory(project=project)

    def call(method, path, **body):
        headers = {"Authorization": basic(project.pk, token.secret)}
        return requests.request(
            method, f"{server.url}{path}", json=body or None, headers=headers, timeout=30
        )

    return call


@pytest.fixture
def ask_in(backend, room):
    """Request a room token for a user and send it to the admission; return that response."""

    def ask(name):
        said = {"room_name": room.name, "user_name": name}
        token = backend("POST", "/api/video/room_tokens", **said).json()["token"]
        return backend("POST", ADMISSIONS_URL, token=token)

    return ask


def remove_everybody_at(moment, room, staff, server):
    """Enter a time in the room form, save, and apply it to the live session."""
    staff.goto(f"{server.url}/rooms/{room.pk}")
    staff.get_by_label(re.compile("everyone leaves at", re.I)).fill(f"{moment:%Y-%m-%dT%H:%M:%S}")
    staff.get_by_role("button", name="Save").click()
    staff.get_by_text("Saved. ").wait_for()
    staff.get_by_role("link", name="Apply to live session").click()
    staff.get_by_role("button", name=re.compile("^Apply")).click()
    staff.get_by_text("The room's settings now apply to the session.").wait_for()


def test_third_user_is_refused_and_staff_remove_everyone_on_time(
    server, room, ask_in, enter, staff
):
    ada, bo = ask_in("Ada").json(), ask_in("Bo").json()
    first, second = enter(ada["media"]), enter(bo["media"])
    sees(first, bo["member"]["id"])
    sees(second, ada["member"]["id"])

    third = ask_in("Cy")
    assert (third.status_code, third.json()["reason"]) == (403, "full")
    # Janus refuses an unknown member id with an invented token too.
    comes_to(enter({**ada["media"], "id": "cy", "token": "0" * 64}), "refused: Unauthorized")

    moment = whole_second(timezone.now() + timedelta(seconds=15))
    remove_everybody_at(moment, room, staff, server)

    comes_to(first, "out: ")
    comes_to(second, "out: ")
    assert timezone.now() >= moment
    for member in Member.objects.all():
        assert member.leave_reason == LeaveReason.REMOVE_AT
        late = (member.leave_time - max(moment, member.join_time)).total_seconds()
        assert 0 <= late < 10

    session = room.sessions.get()
    eventually(lambda: not (session.refresh_from_db() or session.end_time is None))
    eventually(lambda: not MediaRoom.objects.exists())
    assert Counter(session.events.values_list("type", flat=True)) == HAPPENED
    kept = [Recording(file) for file in recordings(server.janus, session)]
    assert sorted(one.codec for one in kept) == ["opus", "opus", "vp8", "vp8"]
    assert all(one.packets > 20 for one in kept)


def test_closed_browser_releases_its_seat(server, ask_in, enter):
    ada = ask_in("Ada").json()
    page = enter(ada["media"])
    comes_to(page, "publishing")
    bo = ask_in("Bo").json()
    assert ask_in("Cy").status_code == 403

    seat = MediaSeat.objects.get(pk=ada["member"]["id"])
    eventually(lambda: not (seat.refresh_from_db() or seat.expected_by))
    # The page hangs up as a closing browser does; the connection is not just cut.
    page.evaluate("() => call.hangUp()")

    member = Member.objects.get(pk=ada["member"]["id"])
    eventually(lambda: not (member.refresh_from_db() or member.leave_time is None))
    assert member.leave_reason == LeaveReason.DISCONNECTED
    assert ask_in("Cy").status_code == 200
    assert Member.objects.get(pk=bo["member"]["id"]).leave_time is None


def test_staff_see_which_settings_janus_ignores(server, room, staff):
    staff.goto(f"{server.url}/rooms/{room.pk}")

    words = staff.locator(".unable")
    words.first.wait_for()
    # Layout, previews, audio-video sync, and recordings, which stay as raw files.
    assert words.count() == 4
