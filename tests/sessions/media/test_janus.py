"""Janus as media server: admission, removal and recording, seen from two browsers."""

import re

import pytest

from sessions.media.janus import Janus
from sessions.media.server import (
    MediaServerError,
    MediaServerUnavailable,
    NoMediaServer,
    media_server,
)
from tests.factories import MemberFactory
from tests.support.janus import SECRETS
from tests.support.processes import free_port
from tests.support.video_calls import comes_to, sees


def test_two_members_see_each_other(janus, session, enter):
    one, other = MemberFactory.create_batch(2, session=session)

    first = enter(janus.allow(session, one))
    comes_to(first, "publishing")
    second = enter(janus.allow(session, other))

    comes_to(second, "publishing")
    sees(first, other.pk)
    sees(second, one.pk)
    assert janus.inside(session) == {str(one.pk): True, str(other.pk): True}


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

    listed = janus.send(
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


def test_missing_janus_raises_media_server_unavailable(janus, settings, session, member):
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"

    with pytest.raises(MediaServerUnavailable):
        janus.allow(session, member)


def test_setting_names_the_media_server(settings, janus):
    assert isinstance(janus, Janus)
    settings.MEDIA_SERVER = "none"
    assert isinstance(media_server(), NoMediaServer)
