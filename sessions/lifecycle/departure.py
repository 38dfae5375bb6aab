"""Remove members and end sessions, each in one transaction.

Locks are taken in one order: the room's row, then its session's. Members change only under
their session's lock, so that a count under this lock is valid until the commit.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from sessions.lifecycle.blocks import block_member, locked_member
from sessions.lifecycle.departure_steps import (
    EMPTY_FOR,
    end_sessions,
    is_empty_too_long,
    remove_due_members,
    remove_members,
)
from sessions.models import LeaveReason, Member, RoomSession


def leave(
    members: QuerySet[Member],
    member_id: UUID | str,
    *,
    reason: LeaveReason = LeaveReason.LEFT,
    block: bool = False,
    at: datetime | None = None,
) -> Member:
    """Remove one of `members`; a member who has left keeps their time and reason.

    `block` also blocks the member's token. Raises Member.DoesNotExist.
    """
    now = at or timezone.now()
    with transaction.atomic():
        session, member = locked_member(members, member_id)
        if member.leave_time is None:
            remove_members([session], {member: reason}, now)
        if block:
            block_member(session, member, now)
        return member


def end(
    sessions: QuerySet[RoomSession],
    session_id: UUID | str,
    *,
    reason: str = "ended",
    check: Callable[[RoomSession], None] = lambda session: None,
    at: datetime | None = None,
) -> RoomSession:
    """End one of `sessions` and remove its members; an ended session stays unchanged.

    The event room.ended contains `reason`. `check` gets the locked session, and may raise to
    prevent the end. Raises RoomSession.DoesNotExist.
    """
    with transaction.atomic():
        session = sessions.select_for_update(of=("self",)).get(pk=session_id)
        check(session)
        if session.end_time is None:
            end_sessions([session], at or timezone.now(), reason)
        return session


def remove_due(now: datetime, sessions: int = 50, members: int = 1000) -> int:
    """Remove members whose time has ended, the most overdue first; return their number.

    One call handles at most `sessions` sessions, and no further one after `members` members. It
    skips locked sessions, which the next call handles.
    """
    due = Member.objects.filter(leave_time=None, leave_by__lte=now)
    waiting = due.values("session").annotate(first=Min("leave_by"), number=Count("pk"))
    found, total = [], 0
    for session, number in waiting.order_by("first").values_list("session", "number")[:sessions]:
        found.append(session)
        total += number
        if total >= members:
            break
    return _with_unlocked(found, now, remove_due_members) if found else 0


def next_removal() -> datetime | None:
    """Return the time at which the next member must leave, or None."""
    waiting = Member.objects.filter(leave_time=None, leave_by__isnull=False)
    return waiting.order_by("leave_by").values_list("leave_by", flat=True).first()


def end_empty(now: datetime, sessions: int = 50) -> int:
    """End at most `sessions` sessions that have been empty for EMPTY_FOR; return their number."""
    empty = RoomSession.objects.filter(end_time=None, empty_since__lte=now - EMPTY_FOR)
    found = list(empty.order_by("empty_since").values_list("pk", flat=True)[:sessions])
    return _with_unlocked(found, now, _end_if_empty) if found else 0


def _with_unlocked(
    found: list[UUID], now: datetime, step: Callable[[list[RoomSession], datetime], int]
) -> int:
    with transaction.atomic():
        unlocked = RoomSession.objects.select_for_update(skip_locked=True)
        locked = list(unlocked.filter(pk__in=found, end_time=None).order_by("pk"))
        # The current time, because worker/monitoring.py measures the delay of removals.
        return step(locked, max(now, timezone.now()))


def _end_if_empty(sessions: list[RoomSession], now: datetime) -> int:
    empty = [session for session in sessions if is_empty_too_long(session, now)]
    end_sessions(empty, now, "empty")
    return len(empty)
