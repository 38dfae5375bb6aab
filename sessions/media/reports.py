"""Recordings that a gateway made with a media server of its own."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sessions.lifecycle import events
from sessions.media.recordings import film_values, keep_recording
from sessions.media.server import is_managed
from sessions.models import (
    CompositionState,
    Recording,
    RecordingState,
    RoomSession,
    SessionEventType,
)


class RecordsItself(Exception):
    """Greenroom's own media server records the session."""


@dataclass(frozen=True)
class Report:
    """A film of a gateway: its address, and what is known about it."""

    uri: str
    started_at: datetime
    finished_at: datetime
    format: str
    size_in_bytes: int | None = None
    duration: int | None = None


@transaction.atomic
def report_recording(session: RoomSession, report: Report) -> Recording:
    """Return the recording with this address; a new one has events as any recording.

    Raises RecordsItself.
    """
    if is_managed():
        raise RecordsItself
    locked = RoomSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    known = locked.recordings.filter(compositions__uri=report.uri).first()
    if known:
        return known
    started, ended = (
        events.new_event(locked, type_, at)
        for type_, at in (
            (SessionEventType.RECORDING_STARTED, report.started_at),
            (SessionEventType.RECORDING_ENDED, report.finished_at),
        )
    )
    events.record_events(started, ended)
    recording = keep_recording(started, state=RecordingState.READY, finished_at=report.finished_at)
    _add_film(locked, recording, report)
    return recording


def _add_film(session: RoomSession, recording: Recording, report: Report) -> None:
    film = recording.compositions.create(
        state=CompositionState.READY,
        done=1,
        **film_values(session),
        format=report.format,
        uri=report.uri,
        size_in_bytes=report.size_in_bytes,
        seconds=report.duration,
        finished_at=report.finished_at,
    )
    about_film = {"composition_id": str(film.pk), "fault": ""}
    ready, at = SessionEventType.RECORDING_READY, report.finished_at
    events.record_events(events.about_recording(session, recording, ready, at, **about_film))
