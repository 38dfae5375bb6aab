"""The one way to write down what happened in a session, in the transaction in which it did."""

from datetime import datetime
from typing import Any

from access.values.timestamps import format_timestamp
from access.webhooks.outbox import PendingEvent, emit_all
from sessions.models import Member, RoomSession, SessionEvent, SessionEventType


def happened(
    session: RoomSession, type_: SessionEventType, at: datetime, **payload: Any
) -> SessionEvent:
    """Return an unsaved event; `payload` is JSON."""
    return SessionEvent(
        session=session, project_id=session.project_id, type=type_, at=at, payload=payload
    )


def joined(session: RoomSession, member: Member) -> SessionEvent:
    return happened(
        session, SessionEventType.MEMBER_JOINED, member.join_time, member=_drawn(member)
    )


def left(session: RoomSession, member: Member) -> SessionEvent:
    """Return the event of a member who has a leave_time and a reason."""
    assert member.leave_time is not None  # noqa: S101 - for the type checker; a CHECK keeps it
    return happened(
        session,
        SessionEventType.MEMBER_LEFT,
        member.leave_time,
        member=_drawn(member),
        reason=member.leave_reason,
    )


def record_events(*events: SessionEvent) -> None:
    """Write events in their order, and tell webhooks of them.

    Call it inside of the transaction of what happened, under the session's lock.
    """
    SessionEvent.objects.bulk_create(events)
    emit_all(_told(event) for event in events)


def _told(event: SessionEvent) -> PendingEvent:
    session = event.session
    data = {
        "room_id": session.room_id and str(session.room_id),
        "room_name": session.name,
        "room_session_id": str(session.pk),
        **event.payload,
    }
    key = session.room_id or session.pk
    return PendingEvent(event.project_id, str(event.type), key, event.at, data)


def _drawn(member: Member) -> dict[str, Any]:
    times = {name: getattr(member, name) for name in ("join_time", "leave_by", "leave_time")}
    return {
        "id": str(member.pk),
        "name": member.name,
        "join_as": member.join_as,
        "media_allowed": member.media_allowed,
        **{name: at and format_timestamp(at) for name, at in times.items()},
    }
