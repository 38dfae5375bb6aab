"""Admits a member in one transaction, which counts under the locks of room and session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from access.values.lines import trimmed
from rooms.models import Room, RoomSettings
from rooms.models.history import Author
from rooms.rules.constraints import Rule
from rooms.rules.join_policy import JoinPolicy
from sessions.lifecycle import events
from sessions.lifecycle.departure_steps import (
    end_sessions,
    is_empty_too_long,
    remove_due_members,
)
from sessions.lifecycle.refusals import AdmissionRefused
from sessions.lifecycle.stays import MemberIdTaken, find_stay
from sessions.lifecycle.token_rooms import locked_room
from sessions.models import Member, RoomSession, SessionEventType
from sessions.tokens.room_tokens import Claims

COPIED = tuple(field.name for field in RoomSettings._meta.fields)


@dataclass(frozen=True)
class Admission:
    """A member, admitted to a session; `is_new` unless they were inside already."""

    member: Member
    session: RoomSession
    is_new: bool = True


@transaction.atomic
def admit(
    claims: Claims, *, by: Author, member_id: UUID | None = None, at: datetime | None = None
) -> Admission:
    """Admit the bearer of a room token; a member who is inside already is counted once.

    A repeated call finds the same stay by `member_id`, or by the token without one. Raises
    AdmissionRefused, NoSuchRoom, RoomDeleted, TokenBlocked, MemberIdTaken, and ValidationError for
    invalid values of the room or the member; then nothing is written.
    """
    room = locked_room(claims, by)
    # Read after the lock, which this may have waited for.
    now = at or timezone.now()
    session, inside = _current(room, now)
    stay = find_stay(session, claims, member_id) if session else None
    if session and stay:
        return Admission(stay, session, is_new=False)
    decision = JoinPolicy.of(session or room).overridden_by(claims.overrides).decide(now, inside)
    if not decision.allowed:
        raise AdmissionRefused(decision)
    if session is None:
        # No stay goes on without a session, but the token may be blocked.
        find_stay(None, claims, member_id)
    session = _occupied(session) if session else _started(room, now)
    return Admission(_joined(session, claims, member_id, now), session)


def _current(room: Room, now: datetime) -> tuple[RoomSession | None, int]:
    """Return the session in progress, locked, and the number of members inside.

    Due members are removed without waiting for a worker. An empty session stays in progress for
    a while, unless the room's settings have changed since it copied them.
    """
    sessions = RoomSession.objects.select_for_update().with_last_event()
    session = sessions.filter(room=room, end_time=None).first()
    inside = _inside(session, now) if session else 0
    if session and not inside and _is_over(session, room, now):
        if session.end_time is None:
            end_sessions([session], now, "empty")
        session = None
    return session, inside


def _inside(session: RoomSession, now: datetime) -> int:
    counts = session.members.filter(leave_time=None).aggregate(
        all=Count("pk"), due=Count("pk", filter=Q(leave_by__lte=now))
    )
    if counts["due"]:
        remove_due_members([session], now)
    inside: int = counts["all"] - counts["due"]
    # A due member may have ended the session for all.
    return 0 if session.end_time else inside


def _is_over(session: RoomSession, room: Room, now: datetime) -> bool:
    # The texts of a room that an older version wrote may have spaces around them.
    moved = any(getattr(session, name) != trimmed(getattr(room, name)) for name in COPIED)
    return session.end_time is not None or moved or is_empty_too_long(session, now)


def _started(room: Room, now: datetime) -> RoomSession:
    session = RoomSession.of(room, now)
    session.save(force_insert=True)
    events.record_events(events.new_event(session, SessionEventType.ROOM_STARTED, now))
    return session


def _occupied(session: RoomSession) -> RoomSession:
    if session.empty_since is not None:
        session.empty_since = None
        session.save(update_fields=["empty_since"])
    return session


def _joined(session: RoomSession, claims: Claims, member_id: UUID | None, now: datetime) -> Member:
    member = Member(
        session=session,
        project_id=session.project_id,
        name=claims.user_name,
        jti=claims.jti,
        join_as=claims.join_as,
        media_allowed=claims.media_allowed,
        end_room_session_on_leave=claims.end_room_session_on_leave,
        token_remove_at=claims.remove_at,
        token_remove_after=claims.remove_after_seconds_elapsed,
        join_time=now,
        **({"id": member_id} if member_id else {}),
    )
    member.leave_by = member.policy(session).leave_by(now)
    _validate(member)
    try:
        member.save(force_insert=True)
    except IntegrityError:
        # Another room has admitted this member_id in the meantime.
        raise MemberIdTaken from None
    events.record_events(events.member_joined(session, member))
    return member


def _validate(member: Member) -> None:
    for rule in Member._meta.constraints:
        if isinstance(rule, Rule):
            rule.validate(Member, member)
