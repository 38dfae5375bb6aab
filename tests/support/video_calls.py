"""Browsers in a call, what each of them shows, and Janus' recordings."""

import json
import struct

import pytest


@pytest.fixture
def enter(open_page, client_origin):
    """Open a browser page that joins with the given access, or tries to."""

    def go(place, script=None):
        # The response of Janus to a withdrawn token.
        page = open_page(allowed=("status of 403",))
        if script:
            page.add_init_script(path=script)
        page.goto(f"{client_origin}/index.html")
        page.evaluate("place => join(place)", place)
        return page

    return go


def comes_to(page, state):
    """Wait until the client on `page` is in `state`, with any details after it."""
    page.wait_for_function(
        "state => document.getElementById('state').textContent.startsWith(state)", arg=state
    )


def sees(page, member_id):
    """Wait until `page` shows moving video of a member."""
    page.wait_for_function(
        "id => document.querySelector(`[data-feed='${id}']`)?.currentTime > 0.2",
        arg=str(member_id),
    )


def recordings(janus, session):
    """Return the files of a session, open or not: audio and video of each member."""
    return sorted((janus.recordings / str(session.pk)).glob("*.mjr*"))


class Recording:
    """An MJR file of Janus: a JSON header, and packets with their lengths."""

    def __init__(self, file):
        content = file.read_bytes()
        assert content.startswith(b"MJR"), file
        (length,) = struct.unpack_from(">H", content, 8)
        self.codec = json.loads(content[10 : 10 + length])["c"]
        self.packets = content.count(b"MEET", 10 + length)
