"""Block the room token of a member who was removed, and lift the block."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sessions.lifecycle import events
from sessions.models import Member, RoomSession, SessionEventType


def locked_member(members: QuerySet[Member], member_id: UUID | str) -> tuple[RoomSession, Member]:
    """Return one of `members` and their session, which is locked. Raises Member.DoesNotExist."""
    locked = RoomSession.objects.select_for_update(of=("self",))
    session = locked.filter(members__in=members.filter(pk=member_id)).first()
    if session is None:
        raise Member.DoesNotExist
    return session, session.members.get(pk=member_id)


def block_member(session: RoomSession, member: Member, now: datetime) -> None:
    """Block the token of a former member; the session is locked."""
    if member.blocked_at is None:
        member.blocked_at = now
        member.save(update_fields=["blocked_at"])
        _record(session, member, SessionEventType.MEMBER_BLOCKED, now)


def unblock(
    members: QuerySet[Member], member_id: UUID | str, *, at: datetime | None = None
) -> Member:
    """Lift the block of the member's token; without a block, nothing changes.

    Raises Member.DoesNotExist.
    """
    with transaction.atomic():
        session, member = locked_member(members, member_id)
        if member.blocked_at is not None:
            # Another stay with the same token may be blocked as well.
            blocked_by(member.project_id, member.jti).update(blocked_at=None)
            member.blocked_at = None
            _record(session, member, SessionEventType.MEMBER_UNBLOCKED, at or timezone.now())
        return member


def blocked_by(project_id: UUID, jti: str) -> QuerySet[Member]:
    """Return the stays of a token that block it."""
    return Member.objects.filter(project_id=project_id, jti=jti, blocked_at__isnull=False)


def _record(session: RoomSession, member: Member, type_: SessionEventType, now: datetime) -> None:
    events.record_events(events.about_member(session, member, type_, now))
