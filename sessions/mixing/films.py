"""Compose a recording: the raw files of its people become one film in a layout.

The composition is whole or absent: the film has another name until it is complete.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy

from sessions.mixing.cameras import Camera
from sessions.mixing.canvas import Box, Canvas
from sessions.mixing.columns import kept, with_kept_columns
from sessions.mixing.placing import packet_times
from sessions.mixing.raw_files import RawFileFault, RawTrack, read_track
from sessions.mixing.sound import CHANNELS, RATE, Voice, mixed
from sessions.mixing.stage import Stage

# Seconds by which a file may begin before or after the recording.
AROUND = 60.0
# The codecs of a format, and the options of the encoder of the picture.
FORMATS: dict[str, tuple[str, str, dict[str, str]]] = {
    "mp4": ("libx264", "aac", {"preset": "superfast", "crf": "23"}),
    "webm": ("libvpx-vp9", "libopus", {"deadline": "realtime", "cpu-used": "8", "row-mt": "1"}),
}
CONTAINER_OPTIONS = {"mp4": {"movflags": "+faststart"}, "webm": {}}


@dataclass(frozen=True)
class Person:
    """One who is in the film from `joined` until `left`, in seconds since the epoch."""

    name: str
    joined: float
    left: float
    files: list[str]


@dataclass(frozen=True)
class Film:
    """A film to compose; `began` and `ended` are seconds since the epoch.

    The film is `unfinished` until it is whole. `places` has the boxes for no person, for one, for
    two and so on.
    """

    folder: Path
    output: Path
    unfinished: Path
    format: str
    places: list[list[Box]]
    width: int
    height: int
    fps: int
    in_sync: bool
    began: float
    ended: float
    people: list[Person]

    @property
    def ticks(self) -> int:
        """The number of pictures."""
        return max(1, round((self.ended - self.began) * self.fps))


@dataclass
class Actor:
    """A person with the decoded tracks."""

    person: Person
    cameras: list[Camera] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)

    def picture_at(self, time: float) -> av.VideoFrame | None:
        """Return the newest picture of the cameras; each is asked, so that each goes on."""
        pictures = [camera.picture_at(time) for camera in self.cameras]
        return next((picture for picture in reversed(pictures) if picture), None)


def compose(film: Film, report: Callable[[float], None] = lambda share: None) -> list[str]:
    """Write the film and return the faults of raw files that were left out.

    `report` is called each second of the film with the share that is done.
    """
    actors, faults = _cast(film)
    options = CONTAINER_OPTIONS[film.format]
    with av.open(str(film.unfinished), "w", format=film.format, options=options) as container:
        for share in _encoded(container, film, actors):
            report(share)
    with film.unfinished.open("rb") as file:
        os.fsync(file.fileno())
    film.unfinished.replace(film.output)
    return faults


def _cast(film: Film) -> tuple[list[Actor], list[str]]:
    actors, faults = [], []
    for person in film.people:
        actor = Actor(person)
        for name in person.files:
            try:
                _give(actor, with_kept_columns(read_track(film.folder / name)), film)
            except (RawFileFault, OSError) as fault:
                faults.append(f"{name}: {fault}")
        actors.append(actor)
    return actors, faults


def _give(actor: Actor, track: RawTrack, film: Film) -> None:
    length = film.ended - film.began
    if not -AROUND < track.arrivals[0] - film.began < length + AROUND:
        raise RawFileFault("The file is not of this recording.")
    times = packet_times(track.arrivals, track.clocks, in_sync=film.in_sync) - film.began
    # A sender may claim any time.
    times = kept(numpy.clip(times, -AROUND, length + AROUND))
    if track.codec == "vp8":
        actor.cameras.append(Camera(track, times))
    else:
        actor.voices.append(Voice(track, times))


def _encoded(container: Any, film: Film, actors: list[Actor]) -> Iterator[float]:
    """Encode picture and sound, and yield the share that is done after each second."""
    video, audio = _streams(container, film)
    canvas = Canvas(film.width, film.height)
    stage = Stage(canvas, film.places)
    voices = [voice for actor in actors for voice in actor.voices]
    heard = 0
    for tick in range(film.ticks):
        _draw(stage, actors, film.began, tick / film.fps)
        picture = canvas.frame()
        picture.pts, picture.time_base = tick, Fraction(1, film.fps)
        container.mux(video.encode(picture))
        if (tick + 1) % film.fps == 0 or tick + 1 == film.ticks:
            until = round((tick + 1) / film.fps * RATE)
            sound = mixed(voices, heard, until - heard)
            sound.time_base = Fraction(1, RATE)
            container.mux(audio.encode(sound))
            heard = until
            yield (tick + 1) / film.ticks
    container.mux(video.encode(None))
    container.mux(audio.encode(None))


def _streams(container: Any, film: Film) -> tuple[Any, Any]:
    picture, sound, options = FORMATS[film.format]
    video = container.add_stream(picture, rate=film.fps, options=options)
    video.width, video.height, video.pix_fmt = film.width, film.height, "yuv420p"
    audio = container.add_stream(sound, rate=RATE)
    audio.layout = "stereo" if CHANNELS == 2 else "mono"
    return video, audio


def _draw(stage: Stage, actors: list[Actor], began: float, time: float) -> None:
    pictures = [(actor, actor.picture_at(time)) for actor in actors]
    inside = [
        (actor, picture)
        for actor, picture in pictures
        if actor.person.joined <= began + time < actor.person.left
    ]
    people = [id(actor) for actor, _ in inside]
    names = [actor.person.name for actor, _ in inside]
    stage.show(people, names, [picture for _, picture in inside])
