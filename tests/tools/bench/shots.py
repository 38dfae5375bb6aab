"""Measure previews: the CPU time of one shot of eight rooms, without the receipt of packets."""

import json
import struct
import subprocess
import sys
from importlib.util import find_spec

from sessions.mixing.children import ENVIRONMENT
from tests.tools.bench.processor import children_time
from tests.tools.bench.raw_clips import HEAD, write_camera
from tests.tools.bench.targets import Target

ROOMS, PEOPLE, SECONDS, ROUNDS, MOST_CPU = 8, 3, 3, 3, 0.4
PLACES = [(0, 0, 160, 90), (160, 0, 160, 90), (80, 90, 160, 90)]


def measure(folder, camera):
    """Yield the target of a shot, in which every person has the same camera."""
    if not find_spec("sessions.mixing.shots"):
        print("Not measured: this release has no previews.", flush=True)
        return
    write_camera(folder / "shot.mjr", camera, 0, SECONDS, 1)
    costs = [_shot(_job((folder / "shot.mjr").read_bytes())) for _ in range(ROUNDS)]
    texts = ", ".join(f"{cost:.2f}" for cost in costs)
    print(f"\n{ROOMS} rooms of {PEOPLE} people in a shot: {texts} CPU s for each room", flush=True)
    name = "shot of eight rooms with three people at 720p30, CPU seconds for each room"
    yield Target(name, min(costs), maximum=MOST_CPU)


def _job(content):
    """Return the input of the child process of a shot."""
    packets = content[HEAD + struct.unpack_from(">H", content, 8)[0] :]
    bounds = [(number * len(packets), (number + 1) * len(packets)) for number in range(PEOPLE)]
    room = {"places": PLACES, "names": ["A", "B", "C"], "cameras": bounds}
    job = {"begin": 0.1, "cpu_seconds": 60, "rooms": [room] * ROOMS}
    text = json.dumps(job).encode()
    return struct.pack(">I", len(text)) + text + packets * PEOPLE


def _shot(job):
    before = children_time()
    command = [sys.executable, "-P", "-m", "sessions.mixing.shots"]
    pictures = subprocess.run(
        command, input=job, env=ENVIRONMENT, cwd="/", capture_output=True, check=True
    ).stdout
    if pictures.count(b"WEBPVP8X") != ROOMS:
        raise RuntimeError("The shot lacks pictures.")
    return (children_time() - before) / ROOMS
