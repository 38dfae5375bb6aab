"""Browsers in a call, what each of them shows, and what Janus recorded."""

import json
import struct

import pytest


@pytest.fixture
def enter(open_page, client_origin):
    """Open a browser that goes to the place it is given, or tries to."""

    def go(place):
        # Janus answers so once a token is taken back.
        page = open_page(allowed=("status of 403",))
        page.goto(f"{client_origin}/index.html")
        page.evaluate("place => join(place)", place)
        return page

    return go


def comes_to(page, state):
    """Wait until the client of `page` is in `state`, whatever it adds to that."""
    page.wait_for_function(
        "state => document.getElementById('state').textContent.startsWith(state)", arg=state
    )


def sees(page, member_id):
    """Wait until pictures of a member move on `page`."""
    page.wait_for_function(
        "id => document.querySelector(`[data-feed='${id}']`)?.currentTime > 0.2",
        arg=str(member_id),
    )


def recordings(janus, session):
    """Return the files of a session: one for the sound and one for the picture of each member."""
    return sorted((janus.recordings / str(session.pk)).glob("*.mjr"))


class Recording:
    """A file as Janus writes it: MJR, a JSON header, and packets, each with its length."""

    def __init__(self, file):
        content = file.read_bytes()
        assert content.startswith(b"MJR"), file
        (length,) = struct.unpack_from(">H", content, 8)
        self.codec = json.loads(content[10 : 10 + length])["c"]
        self.packets = content.count(b"MEET", 10 + length)
