"""Statements of each API call, with BEGIN and COMMIT, authentication and history."""

import pytest
from django.db import connection
from django.utils import timezone

from rooms.models import Room
from tests.factories import RoomFactory, SessionFactory, WebhookEndpointFactory
from tests.support.api import ROOMS_URL, room_url
from tests.support.statements import BOTH, LISTENERS, LOCKED, TOKEN

# Without a transaction around the test, where BEGIN and COMMIT would be savepoints.
pytestmark = pytest.mark.django_db(transaction=True)

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


def test_post_costs_seven(statements, api):
    assert statements(lambda: api.post(ROOMS_URL, {"name": "lobby"}), 200) == [
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


def test_key_of_a_post_costs_a_look_up_a_count_and_a_row(statements, api):
    post = lambda name, **key: api.post(ROOMS_URL, {"name": name}, **key)  # noqa: E731
    post("first", HTTP_IDEMPOTENCY_KEY="first")
    plain = statements(lambda: post("second"), 200)
    keyed = statements(lambda: post("third", HTTP_IDEMPOTENCY_KEY="third"), 200)

    # PostgreSQL locks the key, and the effect is in a savepoint.
    assert len(keyed) == len(plain) + (6 if AT_ONCE else 5)
    assert keyed[-3:] == [
        "UPDATE access_idempotencyusage",
        "INSERT rooms_idempotentcall",
        "COMMIT",
    ]
