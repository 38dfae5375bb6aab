"""Compose the recordings that have ended, in the mixer: one child process for each film."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from access.values.identifiers import is_uuid
from sessions.media.recordings import (
    FORMATS,
    composition_failed,
    composition_ready,
    film_path,
    films_folder,
)
from sessions.mixing.children import ChildFailed, composed
from sessions.mixing.disks import is_disk_full
from sessions.mixing.jobs import NothingToCompose, StillWriting, job_of
from sessions.models import Composition, CompositionState

log = logging.getLogger(__name__)

# A mixer that is killed loses its film after the lease.
LEASE, RENEW_EVERY, PAUSE = timedelta(seconds=60), timedelta(seconds=5), timedelta(seconds=10)
FULL = timedelta(minutes=1)
# The media server closes its files shortly after the end of a recording.
CLOSING = timedelta(seconds=1)
MOST_ATTEMPTS = 3

_ending = threading.Event()


class HoldLost(Exception):
    """Another mixer has the composition, or this mixer ends."""


def remove_orphans() -> int:
    """Delete the files of films that were deleted or have no row; return how many."""
    folder = films_folder()
    paths = [path for format_ in FORMATS for path in folder.glob(f"*.{format_}")]
    films = {path.name.partition(".")[0]: path for path in paths}
    ids = {name for name in films if is_uuid(name)}
    kept = Composition.objects.exclude(state=CompositionState.DELETED)
    known = kept.filter(pk__in=ids).values_list("pk", flat=True)
    orphans = ids - {str(pk) for pk in known}
    for name in orphans:
        films[name].unlink(missing_ok=True)
    return len(orphans)


def end_composing() -> None:
    """Stop the children: other mixers compose their films, or this one after its next start."""
    _ending.set()


def compose_due(now: datetime) -> int:
    """Compose the recording that waits longest; return 0 if none waits."""
    composition = _locked(now)
    if composition is None:
        return 0
    with _released(composition):
        if composition.attempts > MOST_ATTEMPTS:
            raise NothingToCompose(f"The mixer ended during each of {MOST_ATTEMPTS} attempts.")
        _compose(composition)
    return 1


def _locked(now: datetime) -> Composition | None:
    due = Composition.objects.due(now).select_related("recording__session")
    for one in due.order_by("locked_until")[:10]:
        waiting = _held(one)
        one.state, one.attempts = CompositionState.COMPOSING, one.attempts + 1
        one.locked_until, one.done = now + LEASE, 0
        lease = {"locked_until": one.locked_until, "attempts": one.attempts}
        if waiting.update(state=one.state, done=0, **lease):
            return one
    return None


def _held(composition: Composition) -> "QuerySet[Composition]":
    """Return the row, if no other mixer has taken it and it was not deleted."""
    names = ("pk", "state", "attempts", "locked_until")
    return Composition.objects.filter(**{name: getattr(composition, name) for name in names})


@contextlib.contextmanager
def _released(composition: Composition) -> Iterator[None]:
    """Release the row whatever happens, for the next attempt or for good."""
    try:
        yield
    except HoldLost:
        log.info("%s: stopped.", composition)
        _put_back(composition, timedelta(0))
    except StillWriting:
        _put_back(composition, CLOSING)
    except NothingToCompose as fault:
        composition_failed(_held(composition), str(fault))
    except (ChildFailed, OSError) as fault:
        if is_disk_full(fault):
            _wait_for_space(composition)
        else:
            _try_again(composition, str(fault))


def _wait_for_space(composition: Composition) -> None:
    log.warning("%s: the disk of the films is full.", composition)
    _put_back(composition, FULL, fault="The disk is full. A mixer tries again every minute.")


def _put_back(composition: Composition, pause: timedelta, **values: str) -> None:
    """Let a mixer take the row again; this was no attempt."""
    _held(composition).update(
        locked_until=timezone.now() + pause, attempts=composition.attempts - 1, **values
    )


def _try_again(composition: Composition, fault: str) -> None:
    log.warning("%s: attempt %s failed: %s", composition, composition.attempts, fault)
    if composition.attempts >= MOST_ATTEMPTS:
        composition_failed(_held(composition), fault)
    else:
        _held(composition).update(locked_until=timezone.now() + PAUSE, fault=fault)


def _compose(composition: Composition) -> None:
    output = film_path(composition)
    output.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    job = job_of(composition, output)
    _remove_unfinished(output)
    said: dict[str, Any] = {}
    try:
        for said in composed(job):
            _renew(composition, said.get("done", 1.0))
    finally:
        _remove_unfinished(output)
    composition_ready(
        _held(composition),
        faults=said["faults"],
        size_in_bytes=output.stat().st_size,
        seconds=job["ended"] - job["began"],
        cpu_seconds=said["cpu_seconds"],
    )


def _renew(composition: Composition, done: float) -> None:
    """Keep the lease and save the progress; raise HoldLost."""
    now = timezone.now()
    if _ending.is_set():
        raise HoldLost
    if composition.locked_until - now > LEASE - RENEW_EVERY:
        return
    held = _held(composition)
    if not held.update(locked_until=now + LEASE, done=done):
        raise HoldLost
    composition.locked_until = now + LEASE


def _remove_unfinished(output: Path) -> None:
    for path in output.parent.glob(f"{output.name}.*"):
        path.unlink(missing_ok=True)
