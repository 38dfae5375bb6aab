"""Janus records a session from its start or on request."""

import pytest

from tests.factories import MemberFactory, SessionFactory
from tests.support.video_calls import Recording, comes_to, recordings


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
