"""Moving pictures of rooms, made by a child process of what cameras sent."""

import struct
from types import SimpleNamespace

import pytest

from sessions.media.previews import is_webp
from sessions.mixing.canvas import Box
from sessions.mixing.raw_files import FRAME, MARK
from sessions.mixing.scenes import Scene, pictures_of
from tests.support.previews import LEFT, RIGHT, brightness
from tests.support.raw_recordings import pictures, raw_file

PLACES = [Box(0, 0, 160, 180), Box(160, 0, 160, 180)]
# A key frame of 16,383 by 16,383 pixels.
HUGE = bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A]) + struct.pack("<HH", 0x3FFF, 0x3FFF) + bytes(900)


def sent(packets):
    """Return a camera that sent these packets, as a raw file has them behind its header."""
    content = raw_file("vp8", packets, 0.0)
    return SimpleNamespace(packets=content[content.index(MARK) :])


def seen(*rooms, names=("Anna", "Ben")):
    scenes = [Scene(PLACES, list(names), list(cameras)) for cameras in rooms]
    return pictures_of(scenes, 0.01)


def test_cell_is_white_when_the_camera_flashes():
    camera = sent(pictures(3))

    [picture] = seen([camera, None])

    assert is_webp(picture)
    light = brightness(picture, LEFT)
    assert len(light) == 12
    # The camera flashes in the first 100 ms of each second, and a picture has 200 ms.
    assert [tick for tick, one in enumerate(light) if one > 180] == [0, 5, 10]
    assert max(brightness(picture, RIGHT)) < 100


@pytest.mark.parametrize(
    "packets",
    [
        b"",
        b"\0" * 5000,
        MARK * 900,
        FRAME.pack(MARK, 0, 40) + b"\xbf" * 40,
        sent([SimpleNamespace(sent=0, arrived=0, data=HUGE)]).packets,
    ],
    ids=["nothing", "zeros", "marks", "no RTP", "huge"],
)
def test_hostile_camera_becomes_a_name_and_harms_no_other(packets):
    [picture] = seen([SimpleNamespace(packets=packets), sent(pictures(3))])

    assert max(brightness(picture, LEFT)) < 100
    assert max(brightness(picture, RIGHT)) > 180


def test_room_that_ends_the_child_costs_no_other_room_its_picture():
    fatal = Scene(PLACES, [None, None], [None, None])
    camera = sent(pictures(3))
    good = Scene(PLACES, ["Anna", "Ben"], [camera, camera])

    made = pictures_of([good, fatal, good], 0.01)

    assert [is_webp(one) for one in made] == [True, False, True]


@pytest.mark.parametrize(
    "file", [b"", b"RIFF", b"RIFF\4\0\0\0WEBM", b"RIFF\5\0\0\0WEBP", b"<svg onload='evil()'>"]
)
def test_other_files_are_no_webp(file):
    assert is_webp(b"RIFF\4\0\0\0WEBP")
    assert not is_webp(file)
