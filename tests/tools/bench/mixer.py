"""Measure the composition of recordings: CPU time for each second, and memory over an hour."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sessions.mixing.children import composed
from tests.tools.bench import results, shots
from tests.tools.bench.processor import children_time, with_descendants
from tests.tools.bench.raw_clips import Camera, write_camera, write_voice
from tests.tools.bench.targets import Target

PEOPLE, BEGAN = 3, 1_700_000_000
# The camera of a room with quality 720p: its bit rate is the limit of the room.
HD = Camera(1280, 720, 30, 1_500_000, 1100)
SIZE, FPS, SECONDS, CLIP = (1280, 720), 30, 20, 10
# The places of three people in the layout grid.
PLACES = [(0, 0, 640, 360), (640, 0, 640, 360), (320, 360, 640, 360)]
# Other work on the machine adds CPU time, so the round with the least is the nearest.
ROUNDS = 3
# As many packets and pictures as HD, but small ones, and a film of few pictures: an hour of them
# takes minutes instead of half an hour.
SMALL, FEW = Camera(160, 92, 30, 250_000, 180), 2
SHORT, HOUR, MINUTE = 5, 60, 60
MOST_CPU, FLAT = 0.55, 1.15


@dataclass(frozen=True)
class Film:
    """A film that was composed: its length, its CPU time, and its peak of memory in MB."""

    seconds: int
    cpu: float
    memory: float


def run():
    """Print the cost of compositions with their targets."""
    print(f"./run bench {' '.join(sys.argv[1:])}\n{results.machine('PyAV')}", flush=True)
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        path = Path(folder)
        targets = [*_cost(path), *shots.measure(path, HD), *_memory(path)]
    print(f"\n## Targets\n\n{results.head(('target', 'required', 'measured', 'result'))}")
    for target in targets:
        print(target.line(), flush=True)
    return 0


def _cost(folder):
    _write(folder, HD, CLIP, SECONDS // CLIP)
    films = [_film(folder, SECONDS, FPS) for _ in range(ROUNDS)]
    film = min(films, key=lambda one: one.cpu)
    costs = ", ".join(f"{one.cpu / SECONDS:.2f}" for one in films)
    print(f"\n{PEOPLE} people, 720p30: {costs} CPU s for each second, {film.memory:.0f} MB")
    name = "composition of three people at 720p30, CPU seconds for each second"
    yield Target(name, film.cpu / film.seconds, maximum=MOST_CPU)
    _compare(folder, film)


def _memory(folder):
    """Compose five minutes and an hour of small pictures."""
    films = []
    for minutes in (SHORT, HOUR):
        _write(folder, SMALL, MINUTE, minutes)
        film = _film(folder, minutes * MINUTE, FEW)
        text = f"{minutes} minutes of small pictures: {film.cpu:.0f} CPU s, {film.memory:.0f} MB"
        print(text, flush=True)
        films.append(film)
    short, hour = films
    name = "memory of a film of an hour compared with five minutes"
    yield Target(name, hour.memory / short.memory, maximum=FLAT)


def _write(folder, camera, clip, repeats):
    write_camera(folder / "video.mjr", camera, BEGAN, clip, repeats)
    write_voice(folder / "audio.mjr", BEGAN, clip, repeats)


def _film(folder, seconds, fps):
    """Compose a film in a child process, as a mixer does."""
    with _Peak() as peak:
        *_, last = composed(_job(folder, seconds, fps))
    if last["faults"]:
        raise RuntimeError(f"The film lacks files: {last['faults']}")
    return Film(seconds, last["cpu_seconds"], peak.mb)


def _job(folder, seconds, fps):
    """Return the job for sessions.mixing.child: all people are inside from the start to the end."""
    output = folder / "film.mp4"
    ended, files = BEGAN + seconds, ["video.mjr", "audio.mjr"]
    person = {"joined": BEGAN, "left": ended, "files": files}
    return {
        **{"folder": str(folder), "output": str(output), "unfinished": f"{output}.part"},
        **{"format": "mp4", "width": SIZE[0], "height": SIZE[1], "fps": fps, "in_sync": True},
        "places": [PLACES[:count] for count in range(PEOPLE + 1)],
        **{"began": BEGAN, "ended": ended},
        "people": [{"name": f"Person {number}", **person} for number in range(PEOPLE)],
        **{"raw_bytes": 8 << 30, "cpu_seconds": 3600},
    }


class _Peak:
    """The largest memory of the children of this process, without the files that they map."""

    def __init__(self):
        self.mb, self._is_over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._is_over.set()
        self._thread.join()

    def _watch(self):
        while not self._is_over.wait(0.1):
            children = [pid for pid in with_descendants(os.getpid()) if pid != os.getpid()]
            self.mb = max([self.mb, *map(_anonymous_mb, children)])


def _anonymous_mb(pid):
    with suppress(FileNotFoundError, ProcessLookupError):
        found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def _compare(folder, film):
    """Compose the same files with janus-pp-rec and one graph of ffmpeg, if both are installed."""
    missing = [name for name in ("janus-pp-rec", "ffmpeg") if not shutil.which(name)]
    if missing:
        print(f"Not compared: {' and '.join(missing)} not installed.", flush=True)
        return
    before = children_time()
    for source, output in (("video.mjr", "video.webm"), ("audio.mjr", "audio.opus")):
        # Each of the people has files of their own, although they are the same here.
        for number in range(PEOPLE):
            _call("janus-pp-rec", source, f"{number}-{output}", cwd=folder)
    _call("ffmpeg", *_graph(), "-y", "ffmpeg.mp4", cwd=folder)
    other = children_time() - before
    print(f"janus-pp-rec and ffmpeg: {other:.1f} CPU s, {other / film.cpu:.2f} times", flush=True)


def _graph():
    inputs = [
        word
        for number in range(PEOPLE)
        for word in ("-i", f"{number}-video.webm", "-i", f"{number}-audio.opus")
    ]
    scaled = "".join(f"[{2 * n}:v]fps=30,scale=640:360[v{n}];" for n in range(PEOPLE))
    videos = "".join(f"[v{n}]" for n in range(PEOPLE))
    audios = "".join(f"[{2 * n + 1}:a]" for n in range(PEOPLE))
    stack = f"{videos}xstack=inputs={PEOPLE}:layout=0_0|640_0|320_360:fill=black[v]"
    mix = f"{audios}amix=inputs={PEOPLE}[a]"
    codecs = ["-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-c:a", "aac"]
    return [
        *inputs,
        "-filter_complex",
        f"{scaled}{stack};{mix}",
        "-map",
        "[v]",
        "-map",
        "[a]",
        *codecs,
    ]


def _call(*command, cwd):
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
