"""Cameras of live rooms, as packets that Janus copies to a socket."""

import socket
import struct

import pytest

from sessions.media.janus_copies import COPY_SOURCE
from sessions.mixing.raw_files import MARK
from sessions.mixing.watching import LATEST_BEGIN, MOST, Watched, receive

KEY, OTHER = b"\x10\x10", b"\x10\x11"


class Copying:
    """A media server that sends copies to the port that it is asked for."""

    def send_room(self, session, request, **fields):
        self.port = fields.get("video_port")
        return {"rtp_stream": {"video_stream_id": 1}}


@pytest.fixture
def camera():
    server, one = Copying(), Watched(None, "anna")
    one.begin(server)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", server.port))
        one.send = sender.send
        yield one
    one.end(server)


def rtp(payload, source=COPY_SOURCE):
    return struct.pack(">BBHII", 0x80, 96, 1, 1, source) + payload


def test_packets_of_other_programs_are_not_kept(camera):
    for packet in (rtp(KEY, source=7), b"x", b""):
        camera.send(packet)
    camera.send(rtp(OTHER))

    camera.read(0.5)

    assert camera.packets.count(MARK) == 1
    assert camera.began is None


def test_shot_begins_with_the_first_whole_picture(camera):
    camera.send(rtp(OTHER))
    camera.send(rtp(KEY))

    begin = receive([camera])

    assert begin == camera.began < LATEST_BEGIN
    assert camera.packets.count(MARK) == 2


def test_flood_is_not_kept(camera):
    camera.packets.extend(bytes(MOST))
    camera.send(rtp(KEY))

    camera.read(0.0)

    assert len(camera.packets) == MOST
