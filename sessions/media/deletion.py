"""Delete and restore recordings. docs/adr/0049-deleted-recordings.md says why a row stays."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.values.timestamps import format_timestamp
from rooms.models.history import Author
from sessions.lifecycle import events
from sessions.models import (
    RESTORABLE_FOR,
    UNFINISHED,
    CompositionState,
    Recording,
    RecordingState,
    RoomSession,
    SessionEventType,
)


class RecordingInProgress(Exception):
    """The recording has not ended."""


class FilesRemoved(Exception):
    """The recording was deleted too long ago: a mixer removes its files, or has removed them."""


def restorable_until(recording: Recording) -> datetime | None:
    """Return the time until which a deleted recording can be restored; None unless deleted."""
    return recording.deleted_at and recording.deleted_at + RESTORABLE_FOR


@transaction.atomic
def delete_recording(recording: Recording, *, by: Author) -> Recording:
    """Delete a recording: links to its films end now, its files go after RESTORABLE_FOR.

    Raises RecordingInProgress, and Recording.DoesNotExist if it is deleted already.
    """
    one = lock_recording(recording)
    if one.deleted_at:
        raise Recording.DoesNotExist
    if one.state == RecordingState.RECORDING:
        raise RecordingInProgress
    now = timezone.now()
    _move(one, RecordingState.DELETED, former_state=one.state, deleted_at=now)
    # The mixer that has such a row loses it, and no other mixer takes it.
    one.compositions.filter(state__in=UNFINISHED).update(
        state=CompositionState.STOPPED, attempts=0, done=0
    )
    _record(one, SessionEventType.RECORDING_DELETED, now, by)
    return one


@transaction.atomic
def restore_recording(recording: Recording, *, by: Author) -> Recording:
    """Give a deleted recording its former state; if it is not deleted, nothing changes.

    Compositions that the deletion stopped start again. Raises FilesRemoved, and
    Recording.DoesNotExist.
    """
    one = lock_recording(recording)
    until, now = restorable_until(one), timezone.now()
    if until is None:
        return one
    if one.files_removed_at or until <= now:
        raise FilesRemoved
    former = RecordingState(one.former_state)
    _move(one, former, former_state=None, deleted_at=None, restored_at=now)
    # A mixer that still composes it keeps its lease until it has seen the deletion.
    stopped = one.compositions.filter(state=CompositionState.STOPPED)
    stopped.update(state=CompositionState.QUEUED)
    _record(one, SessionEventType.RECORDING_RESTORED, now, by)
    return one


def lock_recording(recording: Recording) -> Recording:
    """Return the present row, with its session locked. Raises Recording.DoesNotExist."""
    locked = RoomSession.objects.select_for_update(of=("self",))
    session = locked.filter(pk=recording.session_id).first()
    if session is None:
        raise Recording.DoesNotExist
    return session.recordings.get(pk=recording.pk)


def _move(recording: Recording, state: RecordingState, **values: Any) -> None:
    values["state"] = state
    for name, value in values.items():
        setattr(recording, name, value)
    recording.save(update_fields=list(values))


def _record(recording: Recording, type_: SessionEventType, now: datetime, by: Author) -> None:
    until = restorable_until(recording)
    event = events.about_recording(
        recording.session,
        recording,
        type_,
        now,
        restorable_until=until and format_timestamp(until),
        author={"kind": str(by.kind), "id": by.id, "name": by.name},
    )
    events.record_events(event)
