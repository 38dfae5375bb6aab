"""Letting people in: one transaction that counts under the locks of the room and its session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from rooms.changes import create_room
from rooms.models import Room, RoomSettings
from rooms.models.history import Author
from rooms.rules.constraints import Rule
from rooms.rules.join_policy import Decision, JoinPolicy, Overrides
from sessions.lifecycle import events
from sessions.lifecycle.departure_steps import close, empty_for_long, remove_due_members
from sessions.models import JoinAs, MediaAllowed, Member, RoomSession, SessionEventType

COPIED = tuple(field.name for field in RoomSettings._meta.fields)
NOTHING = Overrides()


@dataclass(frozen=True)
class Ticket:
    """What a verified room token says, whichever way it is written."""

    project_id: UUID
    room_name: str
    jti: str
    name: str | None = None
    overrides: Overrides = NOTHING
    join_as: str = JoinAs.MEMBER
    media_allowed: str = MediaAllowed.ALL
    end_room_session_on_leave: bool = False
    auto_create_room: bool = False
    # Of the room that the token makes, as create_room takes them.
    room_values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Admission:
    """Who was let in, and where; `is_new` unless they were inside already."""

    member: Member
    session: RoomSession
    is_new: bool = True


class AdmissionRefused(Exception):
    """Nobody is let in; `decision` says why, and when to ask again."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.sentence)
        self.decision = decision


class NoSuchRoom(Exception):
    """There is no room of that name, and the token makes none."""


class MemberIdTaken(Exception):
    """The member id names another stay: one that is over, or of another token."""


@transaction.atomic
def admit(
    ticket: Ticket, *, by: Author, member_id: UUID | None = None, at: datetime | None = None
) -> Admission:
    """Let the bearer of a ticket in; who is inside already stays, and is counted once.

    A caller that may send the call again names the stay by a `member_id` of its own; without
    one, the token is the name. Raises Refused, NoSuchRoom, MemberIdTaken, and ValidationError
    for values that no room or member may have; then nothing is written.
    """
    room = _locked_room(ticket, by)
    # Not before: this may have waited for the lock.
    now = at or timezone.now()
    session, inside = _current(room, now)
    stay = _stay(session, ticket, member_id)
    if session and stay:
        return Admission(stay, session, is_new=False)
    decision = JoinPolicy.of(session or room).overridden_by(ticket.overrides).decide(now, inside)
    if not decision.allowed:
        raise AdmissionRefused(decision)
    session = _occupied(session) if session else _started(room, now)
    return Admission(_joined(session, ticket, member_id, now), session)


def forecast(room: Room, at: datetime, token: Overrides = NOTHING) -> Decision:
    """Say whether one more could join `room` at the moment `at`, as far as is known now."""
    session = RoomSession.objects.filter(room=room, end_time=None).first()
    staying = Q(leave_by=None) | Q(leave_by__gt=at)
    inside = session.members.filter(staying, leave_time=None).count() if session else 0
    if session and not inside and _is_over(session, room, at):
        session = None
    return JoinPolicy.of(session or room).overridden_by(token).decide(at, inside)


def _locked_room(ticket: Ticket, by: Author) -> Room:
    rooms = Room.objects.select_for_update().filter(
        project_id=ticket.project_id, name=ticket.room_name
    )
    room: Room | None = rooms.first()
    if room:
        return room
    if not ticket.auto_create_room:
        raise NoSuchRoom(ticket.room_name)
    values = {**ticket.room_values, "name": ticket.room_name}
    try:
        return create_room(ticket.project_id, values, by=by).room
    except ValidationError:
        # Another request has created the room in the meantime.
        other: Room | None = rooms.first()
        if other is None:
            raise
        return other


def _current(room: Room, now: datetime) -> tuple[RoomSession | None, int]:
    """Return the locked session that goes on, if one does, and how many are inside.

    Who should be out is out: no worker is waited for. A session that nobody is inside of goes
    on for a while, unless the room's settings have moved since it copied them.
    """
    session = RoomSession.objects.select_for_update().filter(room=room, end_time=None).first()
    inside = _inside(session, now) if session else 0
    if session and not inside and _is_over(session, room, now):
        if session.end_time is None:
            close([session], now, "empty")
        session = None
    return session, inside


def _inside(session: RoomSession, now: datetime) -> int:
    counts = session.members.filter(leave_time=None).aggregate(
        all=Count("pk"), due=Count("pk", filter=Q(leave_by__lte=now))
    )
    if counts["due"]:
        remove_due_members([session], now)
    inside: int = counts["all"] - counts["due"]
    # One of those who were due may have ended it for all.
    return 0 if session.end_time else inside


def _is_over(session: RoomSession, room: Room, now: datetime) -> bool:
    moved = any(getattr(session, name) != getattr(room, name) for name in COPIED)
    return session.end_time is not None or moved or empty_for_long(session, now)


def _stay(session: RoomSession | None, ticket: Ticket, member_id: UUID | None) -> Member | None:
    """Return the stay that this is a second call for; raises MemberIdTaken."""
    if member_id is None:
        inside = Member.objects.filter(session=session, leave_time=None, jti=ticket.jti)
        return inside.first() if session else None
    stay = Member.objects.filter(pk=member_id).first()
    if stay is None:
        return None
    here = session is not None and stay.session_id == session.pk
    if not here or stay.leave_time is not None or stay.jti != ticket.jti:
        raise MemberIdTaken
    return stay


def _started(room: Room, now: datetime) -> RoomSession:
    session = RoomSession.of(room, now)
    session.save(force_insert=True)
    events.record_events(events.happened(session, SessionEventType.ROOM_STARTED, now))
    return session


def _occupied(session: RoomSession) -> RoomSession:
    if session.empty_since is not None:
        session.empty_since = None
        session.save(update_fields=["empty_since"])
    return session


def _joined(session: RoomSession, ticket: Ticket, member_id: UUID | None, now: datetime) -> Member:
    member = Member(
        session=session,
        project_id=session.project_id,
        name=ticket.name,
        jti=ticket.jti,
        join_as=ticket.join_as,
        media_allowed=ticket.media_allowed,
        end_room_session_on_leave=ticket.end_room_session_on_leave,
        token_remove_at=ticket.overrides.remove_at,
        token_remove_after=ticket.overrides.remove_after_seconds_elapsed,
        join_time=now,
        **({"id": member_id} if member_id else {}),
    )
    member.leave_by = member.policy(session).leave_by(now)
    _judge(member)
    try:
        member.save(force_insert=True)
    except IntegrityError:
        # In another room, at the same moment, with the same id.
        raise MemberIdTaken from None
    events.record_events(events.joined(session, member))
    return member


def _judge(member: Member) -> None:
    for rule in Member._meta.constraints:
        if isinstance(rule, Rule):
            rule.validate(Member, member)
