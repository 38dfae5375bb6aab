"""Remove the files of deleted recordings, in the mixer: only its machine has the raw files.

Files go before the mark on the row, so the next run finishes the work of a mixer that was killed.
"""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions.media.deletion import lock_recording, restorable_until
from sessions.media.recordings import film_path
from sessions.mixing.jobs import arrivals_of, folder_of, named_files
from sessions.mixing.raw_files import RawFileFault, first_arrival
from sessions.models import Recording

log = logging.getLogger(__name__)


def remove_files() -> int:
    """Remove the files of recordings that can no longer be restored; return their number."""
    due = Recording.objects.with_files_to_remove(timezone.now())
    return sum(_is_removed(one) for one in due)


def _is_removed(recording: Recording) -> bool:
    try:
        return _remove(recording)
    except Recording.DoesNotExist:
        return False
    except OSError as fault:
        log.warning("%s: its files stay for now: %s", recording, fault)
        return False


@transaction.atomic
def _remove(recording: Recording) -> bool:
    """Remove the files of a recording, unless it was restored or another mixer was faster."""
    one, now = lock_recording(recording), timezone.now()
    until = restorable_until(one)
    if until is None or until > now or one.files_removed_at:
        return False
    _check_folder()
    for path in [*_film_files(one), *_raw_files(one)]:
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        # The folder of a session with other files stays.
        folder_of(one).rmdir()
    one.files_removed_at = now
    one.save(update_fields=["files_removed_at"])
    return True


def _check_folder() -> None:
    """Raise OSError if a folder is away, for example because its disk is not mounted."""
    if settings.JANUS_RECORDINGS:
        Path(settings.JANUS_RECORDINGS).stat()


def _film_files(recording: Recording) -> Iterator[Path]:
    """Yield the films, and those that killed mixers did not finish."""
    for composition in recording.compositions.all():
        film = film_path(composition)
        yield from film.parent.glob(f"{film.name}*")


def _raw_files(recording: Recording) -> list[Path]:
    """Return the raw files of a recording; of the session's last one, all that are left."""
    paths = named_files(folder_of(recording))
    others = recording.session.recordings.exclude(pk=recording.pk)
    if recording.session.end_time and not others.filter(files_removed_at=None).exists():
        return paths
    is_of_recording = arrivals_of(recording)
    began = ((path, _began(path)) for path in paths)
    return [path for path, at in began if at is not None and is_of_recording(at)]


def _began(path: Path) -> float | None:
    """Return when a raw file began; None if it has no header."""
    try:
        return first_arrival(path)
    except RawFileFault:
        return None
