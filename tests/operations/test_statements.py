"""Statements of each API call, with BEGIN and COMMIT, authentication and history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms.models import Room
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    EventFactory,
    MemberFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import (
    ADMISSIONS_URL,
    ROOMS_URL,
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

# Without a transaction around the test, where BEGIN and COMMIT would be savepoints.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def statements():
    """Return the first two words and the table of each statement of a call."""

    def count(call, status):
        with CaptureQueriesContext(connection) as captured:
            response = call()
        assert response.status_code == status, response.content
        return [in_short(query["sql"]) for query in captured]

    return count


def in_short(sql):
    words = sql.replace('"', "").split()
    verb = words[0].rstrip(";")
    tables = [word for word in words if word.startswith(("access_", "rooms_", "room_sessions_"))]
    if "LATERAL" in words:
        return BOTH
    return f"{verb} {tables[0].partition('.')[0]}" if tables else verb


LOCKED = "SELECT rooms_room"
TOKEN = "SELECT access_apitoken"
LISTENERS = "SELECT access_webhookendpoint"


BOTH = "SELECT the token and the room"

# PostgreSQL finds token and room in one statement, and writes change and history in another, if the
# version is unchanged. SQLite and the ORM's statements need a lock, and so more statements.
AT_ONCE = connection.vendor == "postgresql"
FOUND = [BOTH] if AT_ONCE else [TOKEN, LOCKED]
PUT = (
    [BOTH, "WITH rooms_room"]
    if AT_ONCE
    else [TOKEN, "BEGIN", LOCKED, "UPDATE rooms_room", "INSERT rooms_roomchange", "COMMIT"]
)
READ = [BOTH] if AT_ONCE else [TOKEN, "BEGIN", LOCKED]


def test_put_costs_two_or_six(statements, api, room):
    assert statements(lambda: api.put(room_url(room), {"max_members": 5}), 200) == PUT


def test_put_of_all_fields_costs_the_same(statements, api, room):
    SessionFactory(room=room)
    body = {"display_name": "a", "description": "b", "max_members": 5, "quality": "1080p"}
    body |= {"join_from": "2030-01-01", "join_until": "2030-01-02", "remove_at": "2030-01-03"}
    body |= {"remove_after_seconds_elapsed": 5, "layout": "1x1", "meta": {"a": 1}}

    assert statements(lambda: api.put(room_url(room), body, HTTP_IF_MATCH='"1"'), 200) == PUT


def test_put_without_changes_only_reads(statements, api, room):
    for body in ({}, {"max_members": 20}, {"colour": "red"}):
        found = statements(lambda body=body: api.put(room_url(room), body), 200)
        assert found == READ + ([] if AT_ONCE else ["COMMIT"])


def test_refused_put_only_reads(statements, api, room):
    found = statements(lambda: api.put(room_url(room), {"max_members": 0}), 422)

    assert found == READ + ([] if AT_ONCE else ["ROLLBACK"])


def test_dry_run_only_reads(statements, api, room):
    url = f"{room_url(room)}?dry_run=true"

    assert statements(lambda: api.put(url, {"max_members": 5}), 200) == FOUND


def test_unparsable_put_costs_one(statements, api, room):
    call = lambda: api.put(room_url(room), b"{", content_type="application/json")  # noqa: E731

    assert statements(call, 400) == FOUND[:1]


def test_get_by_id_costs_one_or_two_with_its_session(statements, api, room):
    SessionFactory(room=room)

    assert statements(lambda: api.get(room_url(room)), 200) == FOUND


@pytest.mark.parametrize("version", [1, 2])
def test_get_with_if_none_match_costs_the_same(statements, api, room, version):
    SessionFactory(room=room, ended=True)
    call = lambda: api.get(room_url(room), HTTP_IF_NONE_MATCH=f'"{version}"')  # noqa: E731

    assert statements(call, 200) == FOUND


def test_get_answered_304_costs_the_same(statements, api, room):
    call = lambda: api.get(room_url(room), HTTP_IF_NONE_MATCH='"1"')  # noqa: E731

    assert statements(call, 304) == FOUND


def test_get_by_name_costs_two(statements, api, room):
    assert statements(lambda: api.get(room_url(room.name)), 200) == [TOKEN, LOCKED]


@pytest.mark.parametrize("query", ["", "&include_active_session=true", "&ordering=join_until"])
def test_page_costs_the_same_for_any_size(statements, api, project, query):
    url = f"{ROOMS_URL}?page_size=1000{query}"
    costs = []
    for more in (5, 195):
        for room in RoomFactory.create_batch(more, project=project):
            if room.name[-1] in "05":
                SessionFactory(room=room)
        costs.append(statements(lambda: api.get(url), 200))

    assert costs == [[TOKEN, LOCKED], [TOKEN, LOCKED]]
    assert len(api.get(url).json()["data"]) == 200


def test_filtered_page_costs_the_same(statements, api, project):
    url = f"{ROOMS_URL}?status=open&live=false&search=r&ordering=-join_from&quality=720p"

    assert statements(lambda: api.get(url), 200) == [TOKEN, LOCKED]


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

    starts = ["INSERT room_sessions_roomsession", *TOLD]
    joins = ["INSERT room_sessions_member", *TOLD, "COMMIT"]
    assert first == [TOKEN, "BEGIN", LOCKED, SESSION, *starts, *joins]
    # The number of members inside, and whether this member is one of them.
    assert further == [TOKEN, "BEGIN", LOCKED, SESSION, MEMBER, MEMBER, *joins]


def test_refused_admission_costs_five(statements, api, project):
    room = RoomFactory(project=project, closed=True)

    found = statements(lambda: api.post(ADMISSIONS_URL, showing(room)), 403)

    assert found == [TOKEN, "BEGIN", LOCKED, SESSION, "ROLLBACK"]


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


def test_room_admission_costs_four(statements, api, room):
    MemberFactory(session=SessionFactory(room=room))

    found = statements(lambda: api.get(f"{room_url(room)}/admission"), 200)

    assert found == [TOKEN, LOCKED, SESSION, MEMBER]


def test_room_token_costs_one(statements, api):
    assert statements(lambda: api.post(TOKENS_URL, {"room_name": "lobby"}), 200) == [TOKEN]


def test_post_costs_seven(statements, api):
    assert statements(lambda: api.post(ROOMS_URL, {"name": "lobby"}), 201) == [
        TOKEN,
        # Checks the name first, so that all errors are reported together.
        LOCKED,
        "BEGIN",
        "INSERT rooms_room",
        "INSERT rooms_roomchange",
        LISTENERS,
        "COMMIT",
    ]


def test_put_with_webhooks_costs_three_more(statements, api, project, room):
    WebhookEndpointFactory.create_batch(3, project=project)
    told = [LISTENERS, "INSERT access_webhookevent", "INSERT access_webhookdelivery", "COMMIT"]

    found = statements(lambda: api.put(room_url(room), {"max_members": 5}), 200)

    assert found == ([PUT[0], "BEGIN", PUT[1]] if AT_ONCE else PUT[:-1]) + told


def test_put_costs_no_more_when_all_webhooks_are_disabled(statements, api, project, room):
    WebhookEndpointFactory(project=project, disabled_at=timezone.now())

    assert statements(lambda: api.put(room_url(room), {"max_members": 5}), 200) == PUT


def test_delete_statements(statements, api, room):
    SessionFactory(room=room, ended=True)

    assert statements(lambda: api.delete(room_url(room)), 204) == [
        TOKEN,
        "BEGIN",
        LOCKED,
        "INSERT rooms_roomchange",
        "UPDATE room_sessions_roomsession",
        "DELETE rooms_room",
        "COMMIT",
    ]


def test_first_use_of_a_token_costs_one_more(statements, api, token, room):
    token.last_used_at = None
    token.save()

    first = statements(lambda: api.get(room_url(room)), 200)
    again = statements(lambda: api.get(room_url(room)), 200)

    assert first == [FOUND[0], "UPDATE access_apitoken", *FOUND[1:]]
    assert again == FOUND


def test_validating_a_room_costs_no_statement(room, django_assert_num_queries):
    room = Room.objects.get(pk=room.pk)

    with django_assert_num_queries(0):
        room.full_clean(exclude={"project"}, validate_unique=False)
    assert room.name
