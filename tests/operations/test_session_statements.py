"""Statements of each API call on sessions, members and room tokens."""

import pytest

from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import EventFactory, MemberFactory, RoomFactory, SessionFactory, TokenFactory
from tests.support.api import (
    ADMISSIONS_URL,
    SESSIONS_URL,
    TOKENS_URL,
    client_of,
    end_url,
    events_url,
    member_url,
    members_url,
    room_url,
    session_url,
)
from tests.support.statements import LOCKED, TOKEN

# Without a transaction around the test, where BEGIN and COMMIT would be savepoints.
pytestmark = pytest.mark.django_db(transaction=True)


def test_sessions_cost_two(statements, api, room):
    session = SessionFactory(room=room)

    for url in (SESSIONS_URL, session_url(session)):
        found = statements(lambda url=url: api.get(url), 200)
        assert found == [TOKEN, "SELECT room_sessions_roomsession"]


@pytest.mark.parametrize(
    ("url", "factory", "table"),
    [
        (members_url, MemberFactory, "room_sessions_member"),
        (events_url, EventFactory, "room_sessions_sessionevent"),
    ],
)
def test_page_of_members_or_events_costs_two(statements, room, url, factory, table):
    api, session = client_of(TokenFactory(project=room.project)), SessionFactory(room=room)
    empty = statements(lambda: api.get(url(session)), 200)
    factory.create_batch(3, session=session)

    # An empty page also checks that the session exists.
    assert empty == [TOKEN, f"SELECT {table}", "SELECT room_sessions_roomsession"]
    assert statements(lambda: api.get(url(session)), 200) == [TOKEN, f"SELECT {table}"]


SESSION, MEMBER = "SELECT room_sessions_roomsession", "SELECT room_sessions_member"

# The events, and the endpoints that receive them.
TOLD = ["INSERT room_sessions_sessionevent", "SELECT access_webhookendpoint"]


def showing(room):
    return {"token": issue(Claims(room.project_id, room.name))}


def test_admission_costs_the_same_for_any_number_of_members(statements, api, room):
    first = statements(lambda: api.post(ADMISSIONS_URL, showing(room)), 200)
    MemberFactory.create_batch(15, session=RoomSession.objects.get())
    further = statements(lambda: api.post(ADMISSIONS_URL, showing(room)), 200)

    # The first one looks whether the token is blocked.
    starts = [MEMBER, "INSERT room_sessions_roomsession", *TOLD]
    joins = ["INSERT room_sessions_member", *TOLD, "COMMIT"]
    assert first == [TOKEN, "BEGIN", LOCKED, SESSION, *starts, *joins]
    # The number of members inside, and whether this member is one of them, or blocked.
    assert further == [TOKEN, "BEGIN", LOCKED, SESSION, MEMBER, MEMBER, *joins]


def test_refused_admission_costs_five_and_its_record_four(statements, api, project):
    room = RoomFactory(project=project, closed=True)

    found = statements(lambda: api.post(ADMISSIONS_URL, showing(room)), 403)

    record = ["INSERT room_sessions_refusalcount", "INSERT room_sessions_refusal"]
    assert found == [TOKEN, "BEGIN", LOCKED, SESSION, "ROLLBACK", "BEGIN", *record, "COMMIT"]


def test_invalid_room_token_costs_one(statements, api):
    assert statements(lambda: api.post(ADMISSIONS_URL, {"token": "a.b.c"}), 403) == [TOKEN]


def test_leave_costs_nine(statements, api, room):
    member, *_ = MemberFactory.create_batch(9, session=SessionFactory(room=room))

    assert statements(lambda: api.delete(member_url(member)), 204) == [
        *(TOKEN, "BEGIN", SESSION, MEMBER, "UPDATE room_sessions_member"),
        # Checks whether any member is left.
        *(MEMBER, *TOLD, "COMMIT"),
    ]


def test_ending_costs_the_same_for_any_number_of_members(statements, api, project):
    costs = []
    for inside in (1, 9):
        session = SessionFactory(room__project=project)
        MemberFactory.create_batch(inside, session=session)
        url = end_url(session)
        costs.append(statements(lambda url=url: api.post(url), 200))

    updates = ["UPDATE room_sessions_member", "UPDATE room_sessions_roomsession"]
    assert costs == [[TOKEN, "BEGIN", SESSION, MEMBER, *updates, *TOLD, "COMMIT"]] * 2


def test_session_patch_costs_the_same_for_any_number_of_members(statements, api, project):
    costs = []
    for inside in (1, 9):
        session = SessionFactory(room__project=project)
        MemberFactory.create_batch(inside, session=session)
        body, url = {"remove_at": "2030-01-01"}, session_url(session)
        costs.append(statements(lambda url=url, body=body: api.patch(url, body), 200))

    updates = ["UPDATE room_sessions_roomsession", "UPDATE room_sessions_member"]
    # Read once to parse the body against it, and once with the lock.
    assert costs == [[TOKEN, SESSION, "BEGIN", SESSION, MEMBER, *updates, *TOLD, "COMMIT"]] * 2


def test_room_admission_costs_three(statements, api, room):
    MemberFactory(session=SessionFactory(room=room))

    found = statements(lambda: api.get(f"{room_url(room)}/admission"), 200)

    # The session is read with the number of its members.
    assert found == [TOKEN, LOCKED, SESSION]


def test_room_token_costs_one(statements, api):
    assert statements(lambda: api.post(TOKENS_URL, {"room_name": "lobby"}), 200) == [TOKEN]
