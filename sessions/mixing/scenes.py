"""The rooms of a shot, and the child process that makes their moving pictures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import BinaryIO

from sessions.media.previews import is_webp
from sessions.mixing.canvas import Box
from sessions.mixing.children import ENVIRONMENT
from sessions.mixing.shots import LENGTH
from sessions.mixing.watching import Watched

# Seconds until a child ends: of its CPU time at least and for each camera, and of the clock.
LEAST_CPU, MOST_CPU, SECONDS = 5, 1, 30
# Bytes of the largest picture that is kept.
LARGEST = 1 << 20


@dataclass(frozen=True)
class Scene:
    """The people in the picture of a room; None as a camera means a name card."""

    places: list[Box]
    names: list[str]
    cameras: list[Watched | None]


def pictures_of(scenes: Sequence[Scene], begin: float) -> list[bytes]:
    """Return the moving picture of each scene; empty for one that the child cannot decode."""
    found: list[bytes] = []
    while len(found) < len(scenes):
        found += _made(scenes[len(found) :], begin)
        if len(found) < len(scenes):
            # The child ended with this room: another one makes those behind it.
            found.append(b"")
    return found


def _made(scenes: Sequence[Scene], begin: float) -> list[bytes]:
    """Return the pictures that a child made before it ended."""
    command = [sys.executable, "-P", "-m", "sessions.mixing.shots"]
    with _job(scenes, begin) as job:
        child = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
        )
    with child:
        try:
            output, _ = child.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
    return list(_read(output))[: len(scenes)]


def _job(scenes: Sequence[Scene], begin: float) -> BinaryIO:
    """Return a file in memory with the job and the packets: pictures of people touch no disk."""
    packets = bytearray()
    rooms = [
        {
            "places": [astuple(box) for box in scene.places],
            "names": scene.names,
            "cameras": [_added(packets, camera) for camera in scene.cameras],
        }
        for scene in scenes
    ]
    cpu_seconds = LEAST_CPU + MOST_CPU * sum(len(scene.cameras) for scene in scenes)
    job = json.dumps({"begin": begin, "cpu_seconds": cpu_seconds, "rooms": rooms}).encode()
    file = os.fdopen(os.memfd_create("shot"), "w+b")
    file.writelines((LENGTH.pack(len(job)), job, packets))
    file.seek(0)
    return file


def _added(packets: bytearray, camera: Watched | None) -> tuple[int, int] | None:
    """Add the packets of a camera and return their bounds."""
    if camera is None or not camera.packets:
        return None
    start = len(packets)
    packets += camera.packets
    return start, len(packets)


def _read(output: bytes) -> Iterator[bytes]:
    """Yield the pictures that a child wrote; what it decoded may have taken it over."""
    while len(output) >= LENGTH.size:
        end = LENGTH.size + LENGTH.unpack_from(output)[0]
        picture, rest = output[LENGTH.size : end], output[end:]
        if end > len(output) or len(picture) > LARGEST or not is_webp(picture):
            return
        yield picture
        output = rest
