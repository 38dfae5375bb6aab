"""How members leave sessions, and how these end: steps of a transaction that holds their locks.

Each step takes any number of sessions for the same number of statements: on the hour, many
sessions end together. Only departure.py and admission.py call these steps.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

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

# Who drops out and comes back finds the session that they left.
EMPTY_FOR = timedelta(seconds=30)


def remove_members(
    sessions: Collection[RoomSession], leaving: Mapping[Member, LeaveReason], now: datetime
) -> None:
    """Let some members of each of `sessions` leave, and end those that this ends."""
    told = _left(leaving, now)
    by_host = {member.session_id for member in leaving if member.end_room_session_on_leave}
    ending = [session for session in sessions if session.pk in by_host]
    empty = _empty(session for session in sessions if session.pk not in by_host)
    over = [session for session in empty if _nobody_can_come_back(session, now)]
    told += _ended(ending, now, "member_left") + _ended(over, now, "empty")
    _wait([session for session in empty if session not in over], now)
    events.record_events(*told)


def remove_due_members(sessions: Collection[RoomSession], now: datetime) -> int:
    """Take out all members of `sessions` whose time is up, and return how many."""
    due = _inside(sessions, leave_by__lte=now)
    if due:
        theirs = list({member.session_id: member.session for member in due}.values())
        remove_members(theirs, {member: _reason(member) for member in due}, now)
    return len(due)


def close(sessions: Collection[RoomSession], now: datetime, reason: str) -> None:
    """End `sessions` and take everybody out."""
    events.record_events(*_ended(sessions, now, reason))


def empty_for_long(session: RoomSession, now: datetime) -> bool:
    return session.empty_since is not None and session.empty_since <= now - EMPTY_FOR


def _inside(sessions: Collection[RoomSession], **narrower: datetime) -> list[Member]:
    """Return the members inside, those first who are due first, each with its session in hand."""
    own = {session.pk: session for session in sessions}
    members = Member.objects.filter(session__in=own, leave_time=None, **narrower)
    found = list(members.order_by("leave_by", "pk") if narrower else members.order_by("pk"))
    for member in found:
        member.session = own[member.session_id]
    return found


def _empty(sessions: Iterable[RoomSession]) -> list[RoomSession]:
    sessions = list(sessions)
    if not sessions:
        return []
    inside = Member.objects.filter(session__in=sessions, leave_time=None)
    occupied = set(inside.order_by().values_list("session", flat=True).distinct())
    return [session for session in sessions if session.pk not in occupied]


def _nobody_can_come_back(session: RoomSession, now: datetime) -> bool:
    return JoinPolicy.of(session).decide(now, 0).reason in (Reason.CLOSED, Reason.REMOVED)


def _wait(sessions: Collection[RoomSession], now: datetime) -> None:
    """Note since when `sessions` are empty: who dropped out may come back."""
    for session in sessions:
        session.empty_since = now
    if sessions:
        _rows(sessions).update(empty_since=now)


def _reason(member: Member) -> LeaveReason:
    policy = member.policy(member.session)
    first = policy.leave_by(member.join_time)
    everybody = policy.remove_at is not None and policy.remove_at == first
    return LeaveReason.REMOVE_AT if everybody else LeaveReason.REMOVE_AFTER


def _left(leaving: Mapping[Member, LeaveReason], now: datetime) -> list[SessionEvent]:
    alike = defaultdict(list)
    for member, reason in leaving.items():
        # Clocks of two servers differ; nobody leaves before they came.
        member.leave_time, member.leave_reason = max(now, member.join_time), reason
        alike[member.leave_time, reason].append(member.pk)
    for (at, reason), pks in alike.items():
        Member.objects.filter(pk__in=pks).update(leave_time=at, leave_reason=reason)
    return [events.left(member.session, member) for member in leaving]


def _ended(sessions: Collection[RoomSession], now: datetime, reason: str) -> list[SessionEvent]:
    """End `sessions`, and return what is to be told: who left, and then that it ended."""
    if not sessions:
        return []
    told = _left(dict.fromkeys(_inside(sessions), LeaveReason.SESSION_ENDED), now)
    alike = defaultdict(list)
    for session in sessions:
        session.status, session.end_time = SessionStatus.COMPLETED, max(now, session.start_time)
        alike[session.end_time].append(session)
    for at, those in alike.items():
        _rows(those).update(status=SessionStatus.COMPLETED, end_time=at)
        told += [
            events.happened(one, SessionEventType.ROOM_ENDED, at, reason=reason) for one in those
        ]
    return told


def _rows(sessions: Iterable[RoomSession]) -> QuerySet[RoomSession]:
    return RoomSession.objects.filter(pk__in=[session.pk for session in sessions])
