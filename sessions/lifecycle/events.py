"""The only way to record events of a session, in the transaction that causes them."""

from datetime import datetime
from typing import Any

from access.values.timestamps import format_timestamp
from access.webhooks.outbox import PendingEvent, emit_all
from sessions.models import (
    RECORDING_IDS,
    Member,
    Recording,
    RoomSession,
    SessionEvent,
    SessionEventType,
)


def new_event(
    session: RoomSession, type_: SessionEventType, at: datetime, **payload: Any
) -> SessionEvent:
    """Return an unsaved event; `payload` holds JSON values."""
    return SessionEvent(
        session=session, project_id=session.project_id, type=type_, at=at, payload=payload
    )


def member_joined(session: RoomSession, member: Member) -> SessionEvent:
    return about_member(session, member, SessionEventType.MEMBER_JOINED, member.join_time)


def about_member(
    session: RoomSession, member: Member, type_: SessionEventType, at: datetime
) -> SessionEvent:
    return new_event(session, type_, at, member=_serialize(member))


def about_recording(
    session: RoomSession,
    recording: Recording,
    type_: SessionEventType,
    at: datetime,
    **payload: Any,
) -> SessionEvent:
    recording_id = str(RECORDING_IDS.id_of(recording.pk))
    return new_event(session, type_, at, recording_id=recording_id, **payload)


def member_left(session: RoomSession, member: Member) -> SessionEvent:
    """Return the event of a member with a leave_time and a leave_reason."""
    assert member.leave_time is not None  # noqa: S101 - for the type checker; a CHECK keeps it
    return new_event(
        session,
        SessionEventType.MEMBER_LEFT,
        member.leave_time,
        member=_serialize(member),
        reason=member.leave_reason,
    )


def record_events(*events: SessionEvent) -> None:
    """Insert events in their order and notify webhooks.

    The caller must hold the session's lock, in the transaction that causes the events.
    """
    for event in events:
        event.session.last_event_at = event.at
    SessionEvent.objects.bulk_create(events)
    emit_all(_webhook_event(event) for event in events)


def _webhook_event(event: SessionEvent) -> PendingEvent:
    session = event.session
    data = {
        "room_id": session.room_id_ever and str(session.room_id_ever),
        "room_name": session.name,
        "room_session_id": str(session.pk),
        **event.payload,
    }
    key = session.room_id or session.pk
    return PendingEvent(event.project_id, str(event.type), key, event.at, data)


def _serialize(member: Member) -> dict[str, Any]:
    """Return the keys of a member in the API, and more."""
    return {
        "id": str(member.pk),
        "room_session_id": str(member.session_id),
        "name": member.name,
        "join_time": format_timestamp(member.join_time),
        "leave_time": member.leave_time and format_timestamp(member.leave_time),
        "duration": member.duration,
        "cost_in_dollars": 0.0,
        "join_as": member.join_as,
        "media_allowed": member.media_allowed,
        "leave_by": member.leave_by and format_timestamp(member.leave_by),
    }
