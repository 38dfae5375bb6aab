"""Steps that remove members and end sessions, in a transaction that has locked the sessions.

Each step needs the same number of statements for any number of sessions, because many sessions
end at the full hour. Only departure.py and admission.py call these steps.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from rooms.rules.join_policy import JoinPolicy, Reason
from sessions.lifecycle import events
from sessions.models import (
    LeaveReason,
    Member,
    RoomSession,
    SessionEvent,
    SessionEventType,
    SessionStatus,
)

# A member who reconnects within this time finds the same session.
EMPTY_FOR = timedelta(seconds=30)


def remove_members(
    sessions: Collection[RoomSession], leaving: Mapping[Member, LeaveReason], now: datetime
) -> None:
    """Remove members of `sessions`, and end the sessions that end with them."""
    recorded = _remove(leaving, now)
    by_host = {member.session_id for member in leaving if member.end_room_session_on_leave}
    ending = [session for session in sessions if session.pk in by_host]
    empty = _without_members(session for session in sessions if session.pk not in by_host)
    over = [session for session in empty if _is_closed(session, now)]
    recorded += _end(ending, now, "member_left") + _end(over, now, "empty")
    _mark_empty([session for session in empty if session not in over], now)
    events.record_events(*recorded)


def remove_due_members(sessions: Collection[RoomSession], now: datetime) -> int:
    """Remove all members of `sessions` whose time has ended; return their number."""
    due = _inside(sessions, leave_by__lte=now)
    if due:
        affected = list({member.session_id: member.session for member in due}.values())
        remove_members(affected, {member: _reason(member) for member in due}, now)
    return len(due)


def end_sessions(sessions: Collection[RoomSession], now: datetime, reason: str) -> None:
    """End `sessions` and remove their members."""
    events.record_events(*_end(sessions, now, reason))


def is_empty_too_long(session: RoomSession, now: datetime) -> bool:
    return session.empty_since is not None and session.empty_since <= now - EMPTY_FOR


def _inside(sessions: Collection[RoomSession], **filters: datetime) -> list[Member]:
    """Return the members inside, with `member.session` set to the given instance."""
    by_id = {session.pk: session for session in sessions}
    members = Member.objects.filter(session__in=by_id, leave_time=None, **filters)
    found = list(members.order_by("leave_by", "pk") if filters else members.order_by("pk"))
    for member in found:
        member.session = by_id[member.session_id]
    return found


def _without_members(sessions: Iterable[RoomSession]) -> list[RoomSession]:
    sessions = list(sessions)
    if not sessions:
        return []
    inside = Member.objects.filter(session__in=sessions, leave_time=None)
    occupied = set(inside.order_by().values_list("session", flat=True).distinct())
    return [session for session in sessions if session.pk not in occupied]


def _is_closed(session: RoomSession, now: datetime) -> bool:
    return JoinPolicy.of(session).decide(now, 0).reason in (Reason.CLOSED, Reason.REMOVED)


def _mark_empty(sessions: Collection[RoomSession], now: datetime) -> None:
    """Save that `sessions` are empty; they end later, so that members can reconnect."""
    for session in sessions:
        session.empty_since = now
    if sessions:
        _rows(sessions).update(empty_since=now)


def _reason(member: Member) -> LeaveReason:
    policy = member.policy(member.session)
    first = policy.leave_by(member.join_time)
    removes_all = policy.remove_at is not None and policy.remove_at == first
    return LeaveReason.REMOVE_AT if removes_all else LeaveReason.REMOVE_AFTER


def _remove(leaving: Mapping[Member, LeaveReason], now: datetime) -> list[SessionEvent]:
    groups = defaultdict(list)
    for member, reason in leaving.items():
        # leave_time is never before join_time, even if the clocks of two servers differ.
        member.leave_time, member.leave_reason = max(now, member.join_time), reason
        groups[member.leave_time, reason].append(member.pk)
    for (at, reason), pks in groups.items():
        Member.objects.filter(pk__in=pks).update(leave_time=at, leave_reason=reason)
    return [events.member_left(member.session, member) for member in leaving]


def _end(sessions: Collection[RoomSession], now: datetime, reason: str) -> list[SessionEvent]:
    """End `sessions`; return the events of their members, then those of the sessions."""
    if not sessions:
        return []
    recorded = _remove(dict.fromkeys(_inside(sessions), LeaveReason.SESSION_ENDED), now)
    groups = defaultdict(list)
    for session in sessions:
        session.status, session.end_time = SessionStatus.COMPLETED, max(now, session.start_time)
        session.version += 1
        groups[session.end_time].append(session)
    for at, group in groups.items():
        _rows(group).update(status=SessionStatus.COMPLETED, end_time=at, version=F("version") + 1)
        recorded += [
            events.new_event(one, SessionEventType.ROOM_ENDED, at, reason=reason) for one in group
        ]
    return recorded


def _rows(sessions: Iterable[RoomSession]) -> QuerySet[RoomSession]:
    return RoomSession.objects.filter(pk__in=[session.pk for session in sessions])
