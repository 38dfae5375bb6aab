"""How members leave a session, and how it ends: steps inside of a transaction that holds its lock.

sessions/lifecycle.py and the worker call these; nobody else does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rooms.join_policy import JoinPolicy, Reason
from sessions import events
from sessions.models import EventType, LeaveReason, Member, RoomSession, SessionStatus

# Who drops out and comes back finds the session that they left.
EMPTY_FOR = timedelta(seconds=30)


def take_out(session: RoomSession, leaving: Mapping[Member, LeaveReason], now: datetime) -> None:
    """Let some members leave, and end the session if that is what follows."""
    _leave(session, leaving, now)
    if any(member.end_room_session_on_leave for member in leaving):
        close(session, now, "member_left")
    elif not session.members.filter(leave_time=None).exists():
        _emptied(session, now)


def take_out_due(session: RoomSession, now: datetime) -> int:
    """Take out all members whose time is up, and return how many."""
    due = session.members.filter(leave_time=None, leave_by__lte=now).order_by("leave_by", "pk")
    leaving = {member: _reason(member, session) for member in due}
    if leaving:
        take_out(session, leaving, now)
    return len(leaving)


def close(session: RoomSession, now: datetime, reason: str) -> None:
    """End the session and take everybody out."""
    inside = session.members.filter(leave_time=None).order_by("pk")
    _leave(session, dict.fromkeys(inside, LeaveReason.SESSION_ENDED), now)
    session.status = SessionStatus.COMPLETED
    # Clocks of two servers differ; no session ends before it began.
    session.end_time = max(now, session.start_time)
    session.save(update_fields=["status", "end_time"])
    events.record(events.happened(session, EventType.ROOM_ENDED, session.end_time, reason=reason))


def empty_for_long(session: RoomSession, now: datetime) -> bool:
    return session.empty_since is not None and session.empty_since <= now - EMPTY_FOR


def _emptied(session: RoomSession, now: datetime) -> None:
    if JoinPolicy.of(session).decide(now, 0).reason in (Reason.CLOSED, Reason.REMOVED):
        # Nobody can come back, so there is nobody to wait for.
        close(session, now, "empty")
        return
    session.empty_since = now
    session.save(update_fields=["empty_since"])


def _reason(member: Member, session: RoomSession) -> LeaveReason:
    policy = member.policy(session)
    first = policy.leave_by(member.join_time)
    everybody = policy.remove_at is not None and policy.remove_at == first
    return LeaveReason.REMOVE_AT if everybody else LeaveReason.REMOVE_AFTER


def _leave(session: RoomSession, leaving: Mapping[Member, LeaveReason], now: datetime) -> None:
    if not leaving:
        return
    for member, reason in leaving.items():
        member.leave_time = max(now, member.join_time)
        member.leave_reason = reason
    for left in {(member.leave_time, member.leave_reason) for member in leaving}:
        alike = [one.pk for one in leaving if (one.leave_time, one.leave_reason) == left]
        session.members.filter(pk__in=alike).update(leave_time=left[0], leave_reason=left[1])
    events.record(*(events.left(session, member) for member in leaving))
