"""Recordings that a gateway made with a media server of its own."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sessions.lifecycle import events
from sessions.media.server import is_managed
from sessions.models import (
    RECORDING_IDS,
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
def report_recording(session: RoomSession, report: Report) -> tuple[Recording, bool]:
    """Return the recording with this address, and whether it is new; events as of any recording.

    Raises RecordsItself.
    """
    if is_managed():
        raise RecordsItself
    locked = RoomSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    known = locked.recordings.filter(compositions__uri=report.uri).first()
    if known:
        return known, False
    started, ended = (
        events.new_event(locked, type_, at)
        for type_, at in (
            (SessionEventType.RECORDING_STARTED, report.started_at),
            (SessionEventType.RECORDING_ENDED, report.finished_at),
        )
    )
    events.record_events(started, ended)
    recording = Recording.objects.create(
        pk=started.pk,
        session=locked,
        project_id=locked.project_id,
        state=RecordingState.READY,
        started_at=report.started_at,
        finished_at=report.finished_at,
    )
    _add_film(recording, report)
    return recording, True


def _add_film(recording: Recording, report: Report) -> None:
    session = recording.session
    film = recording.compositions.create(
        state=CompositionState.READY,
        done=1,
        layout=session.layout,
        quality=session.quality,
        fps=session.fps,
        in_sync=session.audio_video_sync,
        format=report.format,
        uri=report.uri,
        size_in_bytes=report.size_in_bytes,
        seconds=report.duration,
        finished_at=report.finished_at,
    )
    payload = {
        "recording_id": str(RECORDING_IDS.id_of(recording.pk)),
        "composition_id": str(film.pk),
        "fault": "",
    }
    type_ = SessionEventType.RECORDING_READY
    events.record_events(events.new_event(session, type_, report.finished_at, **payload))
