"""How sessions live: admit, leave, end, remove who is due. Each step is one transaction.

Locks are taken in one order: the room's row, then its session's. Members change only under
their session's lock, so that a count under it is true until the commit.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from sessions.lifecycle.departure_steps import (
    EMPTY_FOR,
    close,
    empty_for_long,
    remove_due_members,
    remove_members,
)
from sessions.models import LeaveReason, Member, RoomSession


def leave(
    members: QuerySet[Member],
    member_id: UUID | str,
    *,
    reason: LeaveReason = LeaveReason.LEFT,
    at: datetime | None = None,
) -> Member:
    """Take one of `members` out; one who is out already stays as they left.

    Raises Member.DoesNotExist.
    """
    with transaction.atomic():
        locked = RoomSession.objects.select_for_update(of=("self",))
        session = locked.filter(members__in=members.filter(pk=member_id)).first()
        if session is None:
            raise Member.DoesNotExist
        member = session.members.get(pk=member_id)
        if member.leave_time is None:
            remove_members([session], {member: reason}, at or timezone.now())
        return member


def end(
    sessions: QuerySet[RoomSession],
    session_id: UUID | str,
    *,
    reason: str = "ended",
    at: datetime | None = None,
) -> RoomSession:
    """End one of `sessions` and take everybody out; one that is over stays as it ended.

    `reason` goes into the event room.ended. Raises RoomSession.DoesNotExist.
    """
    with transaction.atomic():
        session = sessions.select_for_update(of=("self",)).get(pk=session_id)
        if session.end_time is None:
            close([session], at or timezone.now(), reason)
        return session


def remove_due(now: datetime, sessions: int = 50, members: int = 1000) -> int:
    """Take out members whose time is up, those first who wait longest; return how many.

    At most of so many sessions, and of no more once it is so many members. A session that is
    locked is left to who holds it, or to the next call.
    """
    due = Member.objects.filter(leave_time=None, leave_by__lte=now)
    waiting = due.values("session").annotate(first=Min("leave_by"), many=Count("pk"))
    found, many = [], 0
    for session, more in waiting.order_by("first").values_list("session", "many")[:sessions]:
        found.append(session)
        many += more
        if many >= members:
            break
    return _with_those_free(found, now, remove_due_members) if found else 0


def next_removal() -> datetime | None:
    """Return the moment at which the next member must be out, or None."""
    waiting = Member.objects.filter(leave_time=None, leave_by__isnull=False)
    return waiting.order_by("leave_by").values_list("leave_by", flat=True).first()


def end_empty(now: datetime, sessions: int = 50) -> int:
    """End sessions that have been empty for EMPTY_FOR, at most so many; return how many."""
    empty = RoomSession.objects.filter(end_time=None, empty_since__lte=now - EMPTY_FOR)
    found = list(empty.order_by("empty_since").values_list("pk", flat=True)[:sessions])
    return _with_those_free(found, now, _end_if_empty) if found else 0


def _with_those_free(
    found: list[UUID], now: datetime, step: Callable[[list[RoomSession], datetime], int]
) -> int:
    with transaction.atomic():
        free = RoomSession.objects.select_for_update(skip_locked=True)
        locked = list(free.filter(pk__in=found, end_time=None).order_by("pk"))
        # The clock of the deed, not of the plan: lateness is told as it was.
        return step(locked, max(now, timezone.now()))


def _end_if_empty(sessions: list[RoomSession], now: datetime) -> int:
    empty = [session for session in sessions if empty_for_long(session, now)]
    close(empty, now, "empty")
    return len(empty)
