"""Statements of each step of a session, for any number of members."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from sessions.lifecycle import AdmissionRefused, admit, end, end_empty, leave, remove_due
from sessions.lifecycle.departure_steps import EMPTY_FOR
from sessions.models import Member, RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory
from tests.support.statements import in_short

# Without a transaction around the test, where BEGIN and COMMIT would be savepoints.
pytestmark = pytest.mark.django_db(transaction=True)

ROOM, SESSION = "SELECT rooms_room", "SELECT room_sessions_roomsession"
MEMBERS, EVENT = "SELECT room_sessions_member", "INSERT room_sessions_sessionevent"
HOOKS = "SELECT access_webhookendpoint"


@pytest.fixture
def room(transactional_db):
    return RoomFactory(max_members=5)


@pytest.fixture
def session(room):
    session = SessionFactory(room=room)
    MemberFactory.create_batch(3, session=session)
    return session


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [in_short(query["sql"]) for query in captured]


def join(room, **how):
    return admit(Claims(room.project_id, room.name), by=TESTS, **how)


def test_admission(session):
    assert statements(lambda: join(session.room)) == [
        "BEGIN",
        ROOM,
        SESSION,
        # Counts the members inside, and looks for a member with this token, inside or blocked.
        MEMBERS,
        MEMBERS,
        "INSERT room_sessions_member",
        EVENT,
        HOOKS,
        "COMMIT",
    ]


def test_admission_with_a_member_id_costs_the_same(session):
    assert len(statements(lambda: join(session.room, member_id=uuid7()))) == 9


def test_first_admission_starts_the_session(room):
    assert statements(lambda: join(room)) == [
        "BEGIN",
        ROOM,
        SESSION,
        # Looks whether the token is blocked.
        MEMBERS,
        "INSERT room_sessions_roomsession",
        EVENT,
        HOOKS,
        "INSERT room_sessions_member",
        EVENT,
        HOOKS,
        "COMMIT",
    ]


def test_refused_admission(session):
    MemberFactory.create_batch(2, session=session)

    def refused():
        with pytest.raises(AdmissionRefused):
            join(session.room)

    assert statements(refused) == ["BEGIN", ROOM, SESSION, MEMBERS, MEMBERS, "ROLLBACK"]


def test_leave(session):
    member = session.members.first()

    assert statements(lambda: leave(Member.objects.all(), member.pk)) == [
        "BEGIN",
        SESSION,
        MEMBERS,
        "UPDATE room_sessions_member",
        # Checks whether any member is still inside.
        MEMBERS,
        EVENT,
        HOOKS,
        "COMMIT",
    ]


def test_last_leave_costs_one_more(room):
    member = join(room).member

    found = statements(lambda: leave(Member.objects.all(), member.pk))

    assert "UPDATE room_sessions_roomsession" in found
    assert len(found) == 9


@pytest.mark.parametrize("more", [0, 100])
def test_end_costs_the_same_for_many_members(session, more):
    MemberFactory.create_batch(more, session=session)

    assert statements(lambda: end(RoomSession.objects.all(), session.pk)) == [
        "BEGIN",
        SESSION,
        MEMBERS,
        "UPDATE room_sessions_member",
        "UPDATE room_sessions_roomsession",
        EVENT,
        HOOKS,
        "COMMIT",
    ]


@pytest.mark.parametrize("many", [1, 10])
def test_removal_costs_the_same_for_many_members_and_sessions(many):
    now = timezone.now()
    for session in SessionFactory.create_batch(many, start_time=now):
        MemberFactory.create_batch(many, session=session, join_time=now, leave_by=now)

    assert statements(lambda: remove_due(now)) == [
        MEMBERS,
        "BEGIN",
        SESSION,
        MEMBERS,
        "UPDATE room_sessions_member",
        # Finds sessions with members still inside; the others become empty.
        MEMBERS,
        "UPDATE room_sessions_roomsession",
        EVENT,
        HOOKS,
        "COMMIT",
    ]


@pytest.mark.parametrize("many", [1, 10])
def test_ending_empty_sessions_costs_the_same_for_many(many):
    now = timezone.now()
    SessionFactory.create_batch(many, start_time=now, empty_since=now)

    assert statements(lambda: end_empty(now + EMPTY_FOR)) == [
        SESSION,
        "BEGIN",
        SESSION,
        MEMBERS,
        "UPDATE room_sessions_roomsession",
        EVENT,
        HOOKS,
        "COMMIT",
    ]


def test_without_due_work_each_step_costs_one_query(session):
    now = timezone.now()

    assert statements(lambda: remove_due(now)) == [MEMBERS]
    assert statements(lambda: end_empty(now)) == [SESSION]
