"""Janus records a session from its start or on request."""

import pytest
import requests

from sessions.media.janus import PLUGIN
from tests.factories import MemberFactory, SessionFactory
from tests.support.janus import SECRETS
from tests.support.processes import eventually
from tests.support.unit_sandbox import can_restrict
from tests.support.video_calls import Recording, comes_to, recordings


def test_recording_session_is_recorded(janus, running_janus, enter, transactional_db):
    session = SessionFactory(record_on_start=True)
    member = MemberFactory(session=session)

    page = enter(janus.allow(session, member))
    comes_to(page, "publishing")
    recorded(running_janus, session, page)
    # The name says that the file is open.
    assert suffixes(running_janus, session) == {".part"}

    janus.destroy(session)
    # Janus closes its files after it has answered.
    eventually(lambda: suffixes(running_janus, session) == {".mjr"})
    kinds = {Recording(file).codec for file in recordings(running_janus, session)}
    assert kinds == {"opus", "vp8"}
    if can_restrict():
        assert_private(recordings(running_janus, session))


def suffixes(running_janus, session):
    return {file.suffix for file in recordings(running_janus, session)}


def assert_private(files):
    """The umask of the unit lets the group read recordings, and no other user."""
    assert {file.stat().st_mode & 0o777 for file in files} == {0o640}
    assert {file.parent.stat().st_mode & 0o777 for file in files} == {0o750}


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


def test_room_has_the_settings_that_a_mixer_needs(janus, running_janus, session):
    janus.create(session)

    message = {"janus": "message_plugin", "transaction": "list", "plugin": PLUGIN}
    message["admin_secret"] = SECRETS["JANUS_ADMIN_SECRET"]
    message["request"] = {"request": "list", "admin_key": SECRETS["JANUS_ADMIN_KEY"]}
    answer = requests.post(running_janus.env["JANUS_ADMIN_URL"], json=message, timeout=10).json()
    [room] = [one for one in answer["response"]["list"] if one["room"] == str(session.pk)]
    assert (room["videocodec"], room["fir_freq"]) == ("vp8", 10)
    assert room["videoorient_ext"] is False
    assert room["rec_dir"] == str(running_janus.recordings / str(session.pk))
