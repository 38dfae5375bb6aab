"""The process that takes moving pictures of rooms: no secrets, no network, few resources.

It decodes what strangers have sent. So it imports no Django, and reads its job and all packets from
standard input. For each room it writes the length of a picture, and an animated WebP.
"""

import io
import json
import struct
import sys
from typing import Any

from PIL import Image

from sessions.mixing.cameras import WHOLE, Camera
from sessions.mixing.canvas import Box, Canvas
from sessions.mixing.child import confine
from sessions.mixing.raw_files import RawFileFault, indexed
from sessions.mixing.stage import Stage

SIZE = (320, 180)
# The number of pictures, and the seconds between them.
PICTURES, EVERY = 12, 0.2
# Before the compositions, behind everything else.
NICE = 5
LENGTH = struct.Struct(">I")
# A higher method takes twice the time for a tenth of the bytes.
WEBP = {"quality": 50, "method": 2, "duration": round(EVERY * 1000), "loop": 0}
# In a small picture, the edges that this filter removes are not seen.
COARSE = {**WHOLE, "skip_loop_filter": "all", "threads": "1"}


def shoot() -> None:
    content = sys.stdin.buffer.read()
    end = LENGTH.size + LENGTH.unpack_from(content)[0]
    job, packets = json.loads(content[LENGTH.size : end]), content[end:]
    confine(job["cpu_seconds"], 2 * len(content), NICE)
    for room in job["rooms"]:
        picture = moving_picture(room, packets, job["begin"])
        sys.stdout.buffer.write(LENGTH.pack(len(picture)) + picture)
        sys.stdout.buffer.flush()


def moving_picture(room: dict[str, Any], packets: bytes, begin: float) -> bytes:
    """Return a room's people in their places for some seconds, as an animated WebP.

    A camera is the bounds of its packets in `packets`, or None.
    """
    canvas = Canvas(*SIZE)
    places = [Box(*box) for box in room["places"]]
    # A stage takes the places of each number of people, and this number does not change.
    stage = Stage(canvas, [places] * (len(places) + 1))
    cameras = [_camera(packets, bounds) for bounds in room["cameras"]]
    images = []
    for tick in range(PICTURES):
        pictures = [camera and camera.picture_at(begin + tick * EVERY) for camera in cameras]
        stage.show(range(len(cameras)), room["names"], pictures)
        images.append(canvas.frame().to_image())
    return _webp(images)


def _camera(packets: bytes, bounds: list[int] | None) -> Camera | None:
    if bounds is None:
        return None
    try:
        track = indexed(packets[slice(*bounds)], "vp8", 0.0)
    except RawFileFault:
        return None
    return Camera(track, track.arrivals, COARSE)


def _webp(images: list[Image.Image]) -> bytes:
    file = io.BytesIO()
    images[0].save(file, "WEBP", save_all=True, append_images=images[1:], **WEBP)
    return file.getvalue()


if __name__ == "__main__":
    shoot()
