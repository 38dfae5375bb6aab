"""Janus as media server: admission, removal and recording, seen from two browsers."""

import re

import pytest

from sessions.media.janus import Janus
from sessions.media.server import MediaServerAway, MediaServerError, NoMediaServer, media_server
from tests.factories import MemberFactory, SessionFactory
from tests.support.janus import SECRETS, Visitor
from tests.support.processes import free_port
from tests.support.video_calls import Recording, comes_to, recordings, sees

# Error messages of Janus.
NO_TOKEN = "Unauthorized request (wrong or missing secret/token)"
NOT_ALLOWED = "Unauthorized (not in the allowed list)"


@pytest.fixture
def session(transactional_db):
    return SessionFactory()


@pytest.fixture
def member(session):
    return MemberFactory(session=session)


def test_two_members_see_each_other(janus, session, enter):
    one, other = MemberFactory.create_batch(2, session=session)

    first = enter(janus.allow(session, one))
    comes_to(first, "publishing")
    second = enter(janus.allow(session, other))

    comes_to(second, "publishing")
    sees(first, other.pk)
    sees(second, one.pk)
    assert janus.inside(session) == {str(one.pk): True, str(other.pk): True}


def test_unknown_token_is_refused_by_janus(janus, session, member, enter):
    place = janus.allow(session, member)

    page = enter({**place, "token": "0" * 64})

    comes_to(page, f"refused: {NO_TOKEN}")
    assert janus.inside(session) == {}


def test_access_to_one_room_is_refused_in_another(janus, session, member, enter):
    elsewhere = MemberFactory()
    janus.allow(session, member)

    page = enter({**janus.allow(elsewhere.session, elsewhere), "room": str(session.pk)})

    comes_to(page, f"refused: {NOT_ALLOWED}")
    assert janus.inside(session) == {}


def test_removed_member_cannot_return(janus, session, enter):
    staying, leaving = MemberFactory.create_batch(2, session=session)
    place = janus.allow(session, leaving)
    first, second = enter(janus.allow(session, staying)), enter(place)
    sees(first, leaving.pk)
    sees(second, staying.pk)

    janus.remove(session, str(leaving.pk))

    comes_to(second, "out: ")
    comes_to(enter(place), f"refused: {NO_TOKEN}")
    first.wait_for_function("() => !document.querySelector('[data-feed]')")
    assert janus.inside(session).keys() == {str(staying.pk)}


def test_withdrawn_token_cannot_be_used_by_another_member(janus, session):
    gone, other = MemberFactory.create_batch(2, session=session)
    taken = janus.allow(session, gone)["token"]
    place = janus.allow(session, other)

    janus.remove(session, str(gone.pk))

    assert NOT_ALLOWED in Visitor(place, token=taken).joined["error"]


def test_removed_member_receives_no_more_video(janus, session, enter):
    staying, leaving = MemberFactory.create_batch(2, session=session)
    first, second = enter(janus.allow(session, staying)), enter(janus.allow(session, leaving))
    comes_to(first, "publishing")
    sees(second, staying.pk)

    janus.remove(session, str(leaving.pk))

    # One second without a new frame, where about twenty are expected.
    second.wait_for_function(
        """() => {
            const video = document.querySelector("[data-feed]");
            const frames = video.getVideoPlaybackQuality().totalVideoFrames;
            const moved = frames !== window.lastFrames;
            if (moved) Object.assign(window, { lastFrames: frames, since: performance.now() });
            return !moved && performance.now() - window.since > 1000;
        }"""
    )


def test_destroyed_room_removes_everyone(janus, session, member, enter):
    page = enter(janus.allow(session, member))
    comes_to(page, "publishing")

    janus.destroy(session)

    comes_to(page, "out: destroyed")
    assert janus.inside(session) is None


def test_recording_session_is_recorded(janus, running_janus, enter, transactional_db):
    session = SessionFactory(record_on_start=True)
    member = MemberFactory(session=session)

    page = enter(janus.allow(session, member))
    comes_to(page, "publishing")
    recorded(running_janus, session, page)

    janus.destroy(session)
    kinds = {Recording(file).codec for file in recordings(running_janus, session)}
    assert kinds == {"opus", "vp8"}


def recorded(running_janus, session, page):
    """Wait until audio and video of one member are being written."""
    for _ in range(300):
        files = recordings(running_janus, session)
        if len(files) == 2 and all(file.stat().st_size > 1000 for file in files):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"Nothing is recorded: {files}\n{running_janus.log()[-3000:]}")


def test_recording_starts_and_stops_on_request(janus, running_janus, session, member, enter):
    page = enter(janus.allow(session, member))
    comes_to(page, "publishing")
    assert not recordings(running_janus, session)

    janus.start_recording(session)
    recorded(running_janus, session, page)
    janus.stop_recording(session)

    sizes = {file: file.stat().st_size for file in recordings(running_janus, session)}
    page.wait_for_timeout(500)
    assert {file: file.stat().st_size for file in recordings(running_janus, session)} == sizes


def test_every_call_can_be_repeated(janus, session, member):
    janus.create(session)
    janus.create(session)
    place = janus.allow(session, member)

    assert janus.allow(session, member) == place
    for _ in "ab":
        janus.remove(session, str(member.pk))
    for _ in "ab":
        janus.destroy(session)
    janus.remove(session, str(member.pk))
    assert janus.inside(session) is None


def test_restarted_janus_gets_its_room_again(janus, running_janus, session, member, enter):
    place = janus.allow(session, member)
    running_janus.stop()
    running_janus.start()
    assert janus.inside(session) is None

    assert janus.allow(session, member) == place
    comes_to(enter(place), "publishing")


def test_new_settings_of_a_live_session_are_applied(janus, session):
    janus.create(session)
    session.display_name, session.quality, session.record_on_start = "Board", "1080p", True

    janus.update(session)

    listed = janus._ask(
        "message_plugin",
        plugin="janus.plugin.videoroom",
        request={"request": "list", "admin_key": SECRETS["JANUS_ADMIN_KEY"]},
    )["response"]["list"]
    room = next(room for room in listed if room["room"] == str(session.pk))
    assert (room["description"], room["bitrate"], room["record"]) == ("Board", 3_000_000, True)


def test_error_of_janus_is_reported_with_its_message(janus, settings, session):
    settings.JANUS_ADMIN_KEY = "another"

    with pytest.raises(MediaServerError, match=re.escape("Unauthorized (wrong admin_key)")):
        janus.create(session)


def test_missing_janus_raises_media_server_away(janus, settings, session, member):
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"

    with pytest.raises(MediaServerAway):
        janus.allow(session, member)


def test_setting_names_the_media_server(settings, janus):
    assert isinstance(janus, Janus)
    settings.MEDIA_SERVER = "none"
    assert isinstance(media_server(), NoMediaServer)
