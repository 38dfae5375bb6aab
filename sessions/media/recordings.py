"""Recordings, from their start on the media server until a mixer has composed them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from sessions.lifecycle import events
from sessions.models import (
    RECORDING_IDS,
    UNFINISHED,
    Composition,
    CompositionState,
    Recording,
    RecordingQuerySet,
    RecordingState,
    RoomSession,
    SessionEvent,
    SessionEventType,
)

# The containers of films (settings.RECORDINGS_FORMAT).
FORMATS = ("mp4", "webm")
# The settings of a session that another film of its recording may replace.
PICTURE = ("layout", "quality", "fps")


def recordings(project_id: Any) -> RecordingQuerySet:
    """Return a project's recordings, newest first, each with its `films` and `days_kept`.

    A recording ends at the latest with its session; while it runs, `finished_at` is None.
    """
    films = Composition.objects.filter(state=CompositionState.READY)
    found = Recording.objects.filter(project_id=project_id).with_days_kept()
    return found.prefetch_related(Prefetch("compositions", films, to_attr="films"))


def events_of(recording: Recording) -> QuerySet[SessionEvent]:
    """Return the events of a recording: its start, its end, and those that name it."""
    later = SessionEvent.objects.filter(session=recording.session_id, pk__gt=recording.pk)
    first_end = later.filter(type=SessionEventType.RECORDING_ENDED).order_by("pk").values("pk")[:1]
    naming = later.filter(payload__recording_id=str(RECORDING_IDS.id_of(recording.pk)))
    of_it = Q(pk=recording.pk) | Q(pk__in=first_end) | Q(pk__in=naming.values("pk"))
    return SessionEvent.objects.filter(of_it).select_related("session")


def switch_recording(session: RoomSession, is_on: bool, at: datetime) -> None:
    """Record that a recording began or ended, in the transaction of the caller."""
    type_ = SessionEventType.RECORDING_STARTED if is_on else SessionEventType.RECORDING_ENDED
    event = events.new_event(session, type_, at)
    events.record_events(event)
    if is_on:
        keep_recording(event)
    else:
        finish_recordings(session, at)


def keep_recording(event: SessionEvent, **values: Any) -> Recording:
    """Keep the recording that begins with a saved event."""
    return Recording.objects.create(
        pk=event.pk,
        session_id=event.session_id,
        project_id=event.project_id,
        started_at=event.at,
        **values,
    )


def finish_recordings(session: RoomSession, at: datetime) -> None:
    """End the session's recordings, and queue their composition if a mixer composes."""
    started = session.events.filter(type=SessionEventType.RECORDING_STARTED)
    # A worker of the former release records the event only.
    for event in started.exclude(pk__in=session.recordings.values("pk")):
        keep_recording(event)
    state = RecordingState.COMPOSING if settings.MIXER else RecordingState.RAW
    for recording in session.recordings.filter(finished_at=None):
        recording.finished_at, recording.state = at, state
        recording.save(update_fields=["finished_at", "state"])
        if settings.MIXER:
            queue_composition(recording, session)


def queue_composition(recording: Recording, session: RoomSession) -> Composition:
    """Queue a film of a recording with the settings of its session."""
    return Composition.objects.create(
        recording=recording, format=settings.RECORDINGS_FORMAT, **film_values(session)
    )


def film_values(session: RoomSession) -> dict[str, Any]:
    """Return the values of a film that its session decides."""
    values = {name: getattr(session, name) for name in PICTURE}
    return {**values, "in_sync": session.audio_video_sync}


def film_shown(recording: Recording) -> Composition | None:
    """Return the newest film of a recording from recordings()."""
    films: list[Composition] = recording.films  # type: ignore[attr-defined]
    return films[0] if films else None


def state_by_films(recording: Recording) -> RecordingState:
    """Return the state that its films give to a recording that has ended."""
    states = set(recording.compositions.values_list("state", flat=True))
    if CompositionState.READY in states:
        return RecordingState.READY
    if not states.isdisjoint(UNFINISHED):
        return RecordingState.COMPOSING
    return RecordingState.FAILED if CompositionState.FAILED in states else RecordingState.RAW


def films_folder() -> Path:
    return Path(settings.RECORDINGS_FOLDER)


def film_path(composition: Composition) -> Path:
    """Return the path of a film, which exists only if the film is whole."""
    return films_folder() / f"{composition.pk}.{composition.format}"


@transaction.atomic
def composition_ready(held: QuerySet[Composition], *, faults: list[str], **measured: Any) -> None:
    """Save that a film is whole, unless another mixer has taken the row."""
    values = {"state": CompositionState.READY, "done": 1.0, "fault": "\n".join(faults), **measured}
    _finish(held, SessionEventType.RECORDING_READY, values)


@transaction.atomic
def composition_failed(held: QuerySet[Composition], fault: str) -> None:
    """Save why there is no film, unless another mixer has taken the row."""
    values = {"state": CompositionState.FAILED, "fault": fault}
    _finish(held, SessionEventType.RECORDING_FAILED, values)


def _finish(held: QuerySet[Composition], type_: SessionEventType, values: dict[str, Any]) -> None:
    composition = held.select_related("recording").first()
    if composition is None:
        return
    recording = composition.recording
    session = RoomSession.objects.select_for_update().get(pk=recording.session_id)
    now = timezone.now()
    if not held.update(finished_at=now, **values):
        return
    Recording.objects.filter(pk=recording.pk).update(state=state_by_films(recording))
    about_film = {"composition_id": str(composition.pk), "fault": values["fault"]}
    events.record_events(events.about_recording(session, recording, type_, now, **about_film))
