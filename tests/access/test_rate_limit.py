"""RATE_LIMIT: all processes of all servers count a token's requests together."""

import itertools
import math
import time

import pytest
import requests
from django.db import connection

from access.api.throttling import TokenThrottle
from access.rate_limits import RequestCount, count_request
from config.environment import Rate
from rooms.api.rooms import RoomViewSet
from tests.factories import RoomFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import basic, nothing_changes, room_url
from tests.support.changes import CHANGE
from tests.support.openapi import NOTHING, OPERATIONS
from tests.support.server import start_server

HOUR = Rate(3, 3600)
ACROSS = 0.001


@pytest.fixture
def three_an_hour(settings, monkeypatch):
    # REST framework reads these classes once, when the view class is defined.
    settings.RATE_LIMIT = HOUR
    monkeypatch.setattr(RoomViewSet, "throttle_classes", [TokenThrottle])


def set_window(token, **values):
    assert RequestCount.objects.filter(pk=token.pk).update(**values) == 1


def test_too_many_requests_are_refused_with_retry_after(three_an_hour, api, room, token):
    before = time.time()
    for _ in range(3):
        assert api.put(room_url(room), CHANGE).status_code == 200
    set_window(token, ends=before + 2000)

    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 6})

    after = time.time()
    assert response.status_code == 429
    assert response.json()["error"] == "Too Many Requests"
    # Neither early nor later than the next whole second.
    soonest, latest = (math.ceil(before + 2000 - now) for now in (after + ACROSS, before - ACROSS))
    assert soonest <= int(response.headers["Retry-After"]) <= latest


def test_window_is_as_long_as_the_limit(three_an_hour, api, room, token):
    before = time.time()
    api.get(room_url(room))

    ends = RequestCount.objects.get(pk=token.pk).ends

    assert before - ACROSS <= ends - 3600 <= time.time() + ACROSS


def test_refused_requests_are_not_counted(three_an_hour, api, room, token):
    for _ in range(3):
        api.get(room_url(room))
    counted = RequestCount.objects.values().get(pk=token.pk)

    assert [api.get(room_url(room)).status_code for _ in range(3)] == [429] * 3
    assert RequestCount.objects.values().get(pk=token.pk) == counted


def test_new_window_begins_after_the_old_one(three_an_hour, api, room, token):
    for _ in range(4):
        api.get(room_url(room))
    set_window(token, ends=time.time() - ACROSS)

    assert [api.get(room_url(room)).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_shorter_limit_ends_the_window_of_a_longer_one(three_an_hour, api, room, token):
    for _ in range(4):
        api.get(room_url(room))
    set_window(token, ends=time.time() + 24 * 3600)

    assert api.get(room_url(room)).status_code == 200


def test_retry_after_is_at_least_one_second():
    throttle = TokenThrottle()
    # The window ended between the refusal and the calculation of Retry-After.
    throttle.seconds = 0.0

    assert throttle.wait() == 1


def test_each_token_has_its_own_limit(three_an_hour, client_for, room):
    first, second = client_for(), client_for()

    assert [first.get(room_url(room)).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert second.get(room_url(room)).status_code == 200


def test_requests_without_a_token_are_always_answered_401(three_an_hour, client, room):
    url = room_url(room)

    assert {client.get(url, HTTP_HOST="testserver").status_code for _ in range(5)} == {401}


def test_nothing_is_counted_without_a_limit(api, room):
    assert {api.get(room_url(room)).status_code for _ in range(20)} == {200}
    assert not RequestCount.objects.exists()


def test_concurrent_requests_are_counted_exactly_once(transactional_db):
    def call(_):
        return [count_request(1, 100, 3600) for _ in range(20)]

    waits = list(itertools.chain(*all_at_once(call)))

    assert waits.count(None) == 100
    assert all(3500 < seconds <= 3600 for seconds in waits if seconds is not None)


def test_concurrent_first_requests_open_one_window(transactional_db):
    for _ in range(10):
        RequestCount.objects.update(ends=0)

        waits = all_at_once(lambda _: count_request(1, 2, 3600))

        assert waits.count(None) == 2


@pytest.mark.of_postgresql
def test_table_is_unlogged_so_that_requests_do_not_wait_for_the_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'access_requestcount'")

        assert cursor.fetchone() == ("u",)


@pytest.fixture(scope="module")
def limited(server_env):
    """Return the servers that share a limit of three requests an hour; SQLite has only one."""
    env = {**server_env, "RATE_LIMIT": "3/hour"}
    if connection.vendor != "postgresql":
        with start_server(env) as one:
            yield [one.url]
        return
    env["WORKERS"] = "1"
    with start_server(env) as one, start_server(env) as other:
        yield [one.url, other.url]


@pytest.fixture
def call(limited, transactional_db):
    """Call the servers in turn, with a new connection for each request."""
    in_turn = itertools.cycle(limited)

    def send(token, method, path):
        sent = {"Authorization": basic(token.project_id, token.secret)}
        return requests.request(method, next(in_turn) + path, headers=sent, json={}, timeout=60)

    return send


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_counts_on_every_server(call, name):
    method, path = OPERATIONS[name]
    token = TokenFactory()

    statuses = [call(token, method, path.format(**NOTHING)).status_code for _ in range(4)]

    assert 429 not in statuses[:3]
    assert statuses[3] == 429


def test_concurrent_requests_to_all_servers_share_one_limit(call):
    room = RoomFactory()
    token = TokenFactory(project=room.project)

    answers = all_at_once(lambda _: call(token, "put", room_url(room)), 16)

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 13
    assert all(3500 < int(a.headers["Retry-After"]) <= 3600 for a in answers if not a.ok)
