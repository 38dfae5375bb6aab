"""The jobs of a mixer: the files of a recording, and who is in it from when until when."""

import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from sessions.media.people import Presence, people_of
from sessions.mixing.places import boxes
from sessions.mixing.raw_files import RawFileFault, first_arrival
from sessions.models import Composition, Recording

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
# The names that Janus gives to raw files; a file that is open, or was when Janus died, has .part.
RAW_NAME = re.compile(
    r"videoroom-(?P<session>[0-9a-f-]{36})-user-(?P<member>[0-9a-f-]{36})"
    r"-[0-9]{16}-(?:audio|video)-[0-9]+\.mjr(?:\.part)?"
)
OPEN, QUIET_SECONDS = ".part", 15
# The CPU seconds of a film: at least, and for each of its seconds and people.
LEAST_CPU, MOST_CPU = 600, 2


class NothingToCompose(Exception):
    """The recording has no people or no raw files."""


class StillWriting(Exception):
    """The media server has not closed all files yet."""


@dataclass(frozen=True)
class RawFile:
    """A file that Janus named; `began` is the arrival of its first packet."""

    name: str
    member_id: str
    began: float
    size: int


def job_of(composition: Composition, output: Path) -> dict[str, Any]:
    """Return the job for sessions.mixing.child; raise NothingToCompose."""
    recording = composition.recording
    files = raw_files(recording)
    if not files:
        raise NothingToCompose("There are no raw files of this recording on this machine.")
    files = [file for file in files if file.member_id not in composition.without]
    _check_closed(folder_of(recording), files)
    began = min([recording.started_at.timestamp(), *(file.began for file in files)])
    people = _people(composition, files, began)
    if not people:
        raise NothingToCompose("Nobody was in the recording.")
    ended = max(person["left"] for person in people)
    return {
        "folder": str(folder_of(recording)),
        "output": str(output),
        "unfinished": f"{output}.{composition.attempts}.part",
        "format": composition.format,
        **_picture(composition, len(people)),
        "in_sync": composition.in_sync,
        "began": began,
        "ended": ended,
        "people": people,
        "raw_bytes": sum(file.size for file in files),
        "cpu_seconds": LEAST_CPU + round((ended - began) * MOST_CPU * len(people)),
    }


def _check_closed(folder: Path, files: list[RawFile]) -> None:
    """Raise StillWriting for a file that is open: that of a dead Janus does not change any more."""
    for file in files:
        path = folder / file.name
        if file.name.endswith(OPEN) and _is_recent(path):
            raise StillWriting(file.name)


def _is_recent(path: Path) -> bool:
    """Return whether a file was written just now, or just got its final name."""
    return not path.exists() or time.time() - path.stat().st_mtime < QUIET_SECONDS


def _picture(composition: Composition, people: int) -> dict[str, Any]:
    width, height = size = SIZES[composition.quality]
    places = [
        [astuple(box) for box in boxes(composition.layout, count, size)]
        for count in range(people + 1)
    ]
    return {"width": width, "height": height, "fps": composition.fps, "places": places}


def folder_of(recording: Recording) -> Path:
    return Path(settings.JANUS_RECORDINGS) / str(recording.session_id)


def raw_files(recording: Recording) -> list[RawFile]:
    """Return the files of a recording, without those of the session's other recordings.

    Files without a header have no packets, and are left out.
    """
    found, is_of_recording = [], arrivals_of(recording)
    for path in named_files(folder_of(recording)):
        try:
            began, size = first_arrival(path), path.stat().st_size
        except (RawFileFault, OSError):
            continue
        if is_of_recording(began):
            found.append(RawFile(path.name, member_of(path), began, size))
    return found


def arrivals_of(recording: Recording) -> Callable[[float], bool]:
    """Return whether a file that began at a time belongs to a recording and no other one."""
    earlier = recording.session.recordings.filter(pk__lt=recording.pk).order_by("pk").last()
    start = earlier.finished_at if earlier else None
    return lambda began: _is_within(began, start, recording.finished_at)


def _is_within(began: float, start: datetime | None, end: datetime | None) -> bool:
    after_start = start is None or began >= start.timestamp()
    return after_start and (end is None or began < end.timestamp())


def named_files(folder: Path) -> list[Path]:
    """Return the files of a session that have our names; clients can write other files."""
    return [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if (parts := RAW_NAME.fullmatch(path.name))
        and parts["session"] == folder.name
        and path.is_file()
        and not path.is_symlink()
    ]


def member_of(path: Path) -> str:
    """Return the id of the member in the name of a raw file."""
    parts = RAW_NAME.fullmatch(path.name)
    return parts["member"] if parts else ""


def _people(composition: Composition, files: list[RawFile], began: float) -> list[dict[str, Any]]:
    """Return the people of a film in the order of their arrival."""
    names = defaultdict(list)
    for file in files:
        names[file.member_id].append(file.name)
    people = people_of(composition.recording, datetime.fromtimestamp(began, UTC))
    return [
        _person(one, names[str(one.member.pk)])
        for one in people
        if str(one.member.pk) not in composition.without
    ]


def _person(presence: Presence, files: list[str]) -> dict[str, Any]:
    left = presence.left_at
    assert left is not None  # noqa: S101 - for the type checker; only ended recordings are composed
    return {
        "name": presence.member.name or "Guest",
        "joined": presence.joined_at.timestamp(),
        "left": left.timestamp(),
        "files": files,
    }
