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
MAX_PAST_MEMBERS = 9

# For each session in progress: minutes since its start, members inside, members who left.
LIVE = {
    "icu-rounds": (47, 9, 4),
    "er-triage": (12, 6, 0),
    "cardiology-consult": (31, 2, 1),
    "physio-group": (5, 11, 2),
}

FIRST_NAMES = (
    *("Marta", "Oluwaseun", "Ingrid", "Tomás", "Aiko", "Fatima", "Jürgen", "Chloé", "Ravi", "Nour"),
    *("Sofia", "Mehmet", "Linnea", "Piotr", "Olena", "Kwame", "Hannah", "Yusuf", "Elif", "Mateo"),
)
LAST_NAMES = (
    *("Lindqvist", "Adeyemi", "Berg", "Ferreira", "Tanaka", "Haddad", "Weiß", "Dubois", "Iyer"),
    *("Nowak", "Shevchenko", "Mensah", "Öztürk", "Castillo", "Holm", "Okafor", "Papadopoulos"),
)


def make_sessions(rooms: Mapping[str, Room], now: datetime) -> None:
    """Create the sessions of `rooms` with their members and events, as of `now`."""
    # The fixed seed makes every demo the same.
    randomness = random.Random(7)  # noqa: S311 - no secret depends on it
    sessions = [*_past_sessions(list(rooms.values()), now, randomness), *_live_sessions(rooms, now)]
    RoomSession.objects.bulk_create(sessions)
    members = [
        pair for session in sessions for pair in _members_with_events(session, now, randomness)
    ]
    Member.objects.bulk_create(member for member, _ in members)
    session_events = [
        *(
            events.new_event(session, SessionEventType.ROOM_STARTED, session.start_time)
            for session in sessions
        ),
        *(event for _, member_events in members for event in member_events),
        *(_end_event(session) for session in sessions if session.end_time),
    ]
    # The sort is stable, so events of the same time keep this order.
    events.record_events(*sorted(session_events, key=lambda event: (event.session_id, event.at)))


def _past_sessions(
    rooms: list[Room], now: datetime, randomness: random.Random
) -> Iterator[RoomSession]:
    starts = sorted(
        now - timedelta(minutes=randomness.randint(600, 60_000)) for _ in range(PAST_SESSIONS)
    )
    for start in starts:
        session = RoomSession.of(randomness.choice(rooms), start)
        # The room's window is today's, so a past session cannot have it.
        session.join_from = session.join_until = session.remove_at = None
        session.end_time = start + timedelta(minutes=randomness.randint(4, 58))
        session.status = SessionStatus.COMPLETED
        yield session


def _live_sessions(rooms: Mapping[str, Room], now: datetime) -> Iterator[RoomSession]:
    for name, (minutes, _, _) in LIVE.items():
        yield RoomSession.of(rooms[name], now - timedelta(minutes=minutes))


def _end_event(session: RoomSession) -> SessionEvent:
    return events.new_event(session, SessionEventType.ROOM_ENDED, session.end_time, reason="ended")


def _members_with_events(
    session: RoomSession, now: datetime, randomness: random.Random
) -> Iterator[tuple[Member, list[SessionEvent]]]:
    """Yield the members of a session in the order of their join times, with their events."""
    end = session.end_time or now
    inside, left = _member_counts(session, randomness)
    joins = sorted(randomness.random() / 2 for _ in range(inside + left - 1))
    for number, share in enumerate((0.0, *joins)):
        member = _member(
            session, session.start_time + (end - session.start_time) * share, randomness
        )
        session_events = [events.member_joined(session, member)]
        if number < left:
            _set_leave(
                member, end - (end - member.join_time) * randomness.random() / 2, LeaveReason.LEFT
            )
        elif session.end_time:
            _set_leave(member, end, LeaveReason.SESSION_ENDED)
        if member.leave_time:
            session_events.append(events.member_left(session, member))
        yield member, session_events


def _member_counts(session: RoomSession, randomness: random.Random) -> tuple[int, int]:
    """Return the numbers of members who stayed and who left earlier."""
    if session.end_time is None:
        return LIVE[session.name][1:]
    maximum = min(session.max_members, MAX_PAST_MEMBERS)
    total = randomness.randint(2, maximum)
    stayed = randomness.randint(1, total)
    return stayed, total - stayed


def _member(session: RoomSession, joined: datetime, randomness: random.Random) -> Member:
    member = Member(
        session=session,
        project_id=session.project_id,
        name=f"{randomness.choice(FIRST_NAMES)} {randomness.choice(LAST_NAMES)}",
        jti=f"demo-{randomness.getrandbits(64):016x}",
        join_as=JoinAs.AUDIENCE if randomness.random() < 0.1 else JoinAs.MEMBER,
        join_time=joined,
    )
    member.leave_by = member.policy(session).leave_by(joined)
    return member


def _set_leave(member: Member, at: datetime, reason: LeaveReason) -> None:
    member.leave_time, member.leave_reason = at, reason
