"""The demo's sessions, with their members and events."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rooms.models import Room
from sessions.lifecycle import events
from sessions.models import (
    JoinAs,
    LeaveReason,
    Member,
    RoomSession,
    SessionEvent,
    SessionEventType,
    SessionStatus,
)

PAST_SESSIONS = 60
MOST_IN_THE_PAST = 9

# For each session in progress: minutes since its start, members inside, members who left.
LIVE = {
    "icu-rounds": (47, 9, 4),
    "er-triage": (12, 6, 0),
    "cardiology-consult": (31, 2, 1),
    "physio-group": (5, 11, 2),
}

FIRST = (
    *("Marta", "Oluwaseun", "Ingrid", "Tomás", "Aiko", "Fatima", "Jürgen", "Chloé", "Ravi", "Nour"),
    *("Sofia", "Mehmet", "Linnea", "Piotr", "Olena", "Kwame", "Hannah", "Yusuf", "Elif", "Mateo"),
)
LAST = (
    *("Lindqvist", "Adeyemi", "Berg", "Ferreira", "Tanaka", "Haddad", "Weiß", "Dubois", "Iyer"),
    *("Nowak", "Shevchenko", "Mensah", "Öztürk", "Castillo", "Holm", "Okafor", "Papadopoulos"),
)


def make_sessions(rooms: Mapping[str, Room], now: datetime) -> None:
    """Create the sessions of `rooms` with their members and events, as of `now`."""
    # The fixed seed makes every demo the same.
    chance = random.Random(7)  # noqa: S311 - no secret depends on it
    sessions = [*_past(list(rooms.values()), now, chance), *_live(rooms, now)]
    RoomSession.objects.bulk_create(sessions)
    stays = [stay for session in sessions for stay in _stays(session, now, chance)]
    Member.objects.bulk_create(member for member, _ in stays)
    recorded = [
        *(events.new_event(one, SessionEventType.ROOM_STARTED, one.start_time) for one in sessions),
        *(event for _, own in stays for event in own),
        *(_ended(one) for one in sessions if one.end_time),
    ]
    # The sort is stable, so events of the same time keep this order.
    events.record_events(*sorted(recorded, key=lambda event: (event.session_id, event.at)))


def _past(rooms: list[Room], now: datetime, chance: random.Random) -> Iterator[RoomSession]:
    starts = sorted(
        now - timedelta(minutes=chance.randint(600, 60_000)) for _ in range(PAST_SESSIONS)
    )
    for start in starts:
        session = RoomSession.of(chance.choice(rooms), start)
        # The room's window is today's, so a past session cannot have it.
        session.join_from = session.join_until = session.remove_at = None
        session.end_time = start + timedelta(minutes=chance.randint(4, 58))
        session.status = SessionStatus.COMPLETED
        yield session


def _live(rooms: Mapping[str, Room], now: datetime) -> Iterator[RoomSession]:
    for name, (minutes, _, _) in LIVE.items():
        yield RoomSession.of(rooms[name], now - timedelta(minutes=minutes))


def _ended(session: RoomSession) -> SessionEvent:
    return events.new_event(session, SessionEventType.ROOM_ENDED, session.end_time, reason="ended")


def _stays(
    session: RoomSession, now: datetime, chance: random.Random
) -> Iterator[tuple[Member, list[SessionEvent]]]:
    """Yield the members of a session in the order of their joining, with their events."""
    end = session.end_time or now
    inside, gone = _crowd(session, chance)
    joins = sorted(chance.random() / 2 for _ in range(inside + gone - 1))
    for number, share in enumerate((0.0, *joins)):
        member = _member(session, session.start_time + (end - session.start_time) * share, chance)
        recorded = [events.member_joined(session, member)]
        if number < gone:
            _left(member, end - (end - member.join_time) * chance.random() / 2, LeaveReason.LEFT)
        elif session.end_time:
            _left(member, end, LeaveReason.SESSION_ENDED)
        if member.leave_time:
            recorded.append(events.member_left(session, member))
        yield member, recorded


def _crowd(session: RoomSession, chance: random.Random) -> tuple[int, int]:
    """Return the numbers of members who stayed and who left earlier."""
    if session.end_time is None:
        return LIVE[session.name][1:]
    most = min(session.max_members, MOST_IN_THE_PAST)
    total = chance.randint(2, most)
    stayed = chance.randint(1, total)
    return stayed, total - stayed


def _member(session: RoomSession, joined: datetime, chance: random.Random) -> Member:
    member = Member(
        session=session,
        project_id=session.project_id,
        name=f"{chance.choice(FIRST)} {chance.choice(LAST)}",
        jti=f"demo-{chance.getrandbits(64):016x}",
        join_as=JoinAs.AUDIENCE if chance.random() < 0.1 else JoinAs.MEMBER,
        join_time=joined,
    )
    member.leave_by = member.policy(session).leave_by(joined)
    return member


def _left(member: Member, at: datetime, reason: LeaveReason) -> None:
    member.leave_time, member.leave_reason = at, reason
