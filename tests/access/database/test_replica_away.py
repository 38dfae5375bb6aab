"""A replica that lags, is away or is missing, and the number of statements a replica costs."""

import json
import socket

import psycopg
import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from access.api.throttling import TokenThrottle
from access.database import replica as watch
from access.models import ApiToken
from config.databases import replica_of
from config.middleware.replica_reads import ReplicaReadsMiddleware
from tests.conftest import database_url
from tests.factories import TokenFactory
from tests.support.api import ROOMS_URL
from tests.support.processes import eventually
from tests.support.replica_fixtures import METRICS, NO_LIMIT
from tests.support.server import manage, start_server


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_is_away(world):
    eventually(world.is_read)
    world.replica.stop()
    # This socket accepts connections but never answers; the server waits two seconds.
    with socket.create_server(("127.0.0.1", world.replica.port)) as silent:
        try:
            answers = [world.get("reader", front=0).status_code for _ in range(10)]
            written = world.put("writer", max_members=7)
            condition = world.condition()
            tried = _waiting(silent)
        finally:
            silent.close()
            world.replica.start()

    assert answers == [200] * 10
    assert written.status_code == 200
    assert condition == "It does not answer."
    # The server does not try it for each request.
    assert tried <= 3
    eventually(world.is_read)


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_hangs(world):
    eventually(world.is_read)

    with world.replica.frozen():
        answers = [world.get("reader").status_code for _ in range(3)]
        condition = world.condition()

    assert answers == [200] * 3
    assert condition != "ok"
    eventually(world.is_read)


@pytest.mark.own_database
def test_requests_succeed_while_the_replica_lacks_a_migration(world):
    world.write_behind("ALTER TABLE rooms_room RENAME description TO described")
    eventually(world.is_read)
    with world.replica.held_back():
        world.write_behind("ALTER TABLE rooms_room RENAME described TO description")
        answer = world.get("reader")

    assert answer.status_code == 200
    assert "column rooms_room.description does not exist" in world.replica.log.read_text()


def _waiting(listener):
    """Return the number of connections waiting to be accepted."""
    listener.setblocking(False)
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.mark.own_database
def test_replica_that_lags_too_much_is_not_read(world, replica_env):
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": world.replica.url}
    with start_server({**env, "REPLICA_LAG_SECONDS": "2"}) as server:
        strict = world.at(server.url)
        eventually(strict.is_read)
        with world.replica.held_back():
            world.put("writer", max_members=11)
            eventually(lambda: strict.get("reader").json()["max_members"] == 11)
            told = requests.get(
                server.url + "/metrics", headers={"Authorization": f"Bearer {METRICS}"}, timeout=60
            ).text
            assert strict.condition() == "It is behind."
        eventually(strict.is_read)

    assert "greenroom_replica_read 0.0" in told
    [lag] = [line for line in told.splitlines() if line.startswith("greenroom_replica_lag_sec")]
    assert float(lag.split()[1]) > 2


COUNTED = """
import json
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from access.database.replica import replica
from tests.support.processes import eventually

client = Client(HTTP_HOST="localhost", headers={"authorization": %r})
url = "/api/video/rooms/" + %r

def statements(method, *body):
    with CaptureQueriesContext(connections["default"]) as here:
        with CaptureQueriesContext(connections["replica"]) as there:
            response = getattr(client, method)(url, *body)
    assert response.status_code == 200, response.content
    return [[q["sql"].split()[0] for q in one if "pg_control_system" not in q["sql"]]
            for one in (here, there)]

eventually(lambda: replica().condition() == "ok")
statements("get")
print(json.dumps([statements("get"), statements("put", '{"max_members": 9}', "application/json")]))
"""


@pytest.mark.own_database
def test_number_of_statements_of_a_read_and_a_write(world, replica_env):
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": world.replica.url}
    script = COUNTED % (world.headers["counts"]["Authorization"], world.ids["room"])

    told = manage({**env, "REPLICA_LAG_SECONDS": NO_LIMIT}, "shell", "-v", "0", "-c", script)

    read, written = json.loads(told.splitlines()[-1])
    # One SELECT for the token, one for the room.
    assert read == [["SELECT"], ["SELECT"]]
    # The token with the room, the change with its history, and the token's time of writing.
    assert written == [["SELECT", "WITH", "UPDATE"], []]


@pytest.mark.of_postgresql
def test_time_of_a_tokens_last_write_is_stored_at_most_once_per_interval(
    token, monkeypatch, django_assert_num_queries
):
    notes = watch.Notes()
    monkeypatch.setattr(watch, "NOTED_EVERY", 3600)

    with django_assert_num_queries(1):
        notes.note(token)
        notes.note(token)
    first = ApiToken.objects.get(pk=token.pk).wrote_at
    monkeypatch.setattr(watch, "NOTED_EVERY", 0)
    notes.note(token)

    assert ApiToken.objects.get(pk=token.pk).wrote_at > first


@pytest.mark.of_postgresql
def test_write_whose_time_cannot_be_stored_is_answered_503(rf, transactional_db):
    request = rf.put(ROOMS_URL)
    request.auth = TokenFactory()
    with psycopg.connect(database_url()) as other, connection.cursor() as cursor:
        other.execute("SELECT FROM access_apitoken FOR UPDATE")
        cursor.execute("SET lock_timeout = '10ms'")
        try:
            response = ReplicaReadsMiddleware(lambda _: HttpResponse())(request)
        finally:
            cursor.execute("RESET lock_timeout")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    # The log and /metrics use this attribute.
    assert response.database_error == "LockNotAvailable"


def test_request_repeated_on_the_primary_is_counted_once(settings, token):
    settings.RATE_LIMIT = (1, 60)
    request = Request(HttpRequest())
    request.auth = token

    assert TokenThrottle().allow_request(request, None)
    request._request.is_asked_again = True
    assert TokenThrottle().allow_request(request, None)
    del request._request.is_asked_again
    assert not TokenThrottle().allow_request(request, None)


CONFUSED = """
from django.db import ProgrammingError, connections
from django.db.utils import InternalError
from access.database.replica import replica
from tests.support.processes import eventually

eventually(lambda: replica().condition() == "It is no standby of this database.")
print(replica().condition())
with connections["replica"].cursor() as cursor:
    try:
        cursor.execute("CREATE TABLE t (i int)")
    except InternalError as refused:
        print(refused)
"""


@pytest.mark.own_database
def test_server_that_is_no_standby_is_neither_read_nor_written(world, replica_env):
    env = {**replica_env, "DATABASE_URL": world.primary.url, "REPLICA_URL": world.primary.url}

    told = manage(env, "shell", "-v", "0", "-c", CONFUSED)

    assert "It is no standby of this database." in told
    assert "read-only transaction" in told


@pytest.mark.parametrize(
    ("engine", "url"),
    [
        ("django.db.backends.sqlite3", "postgres://u:p@h/d"),
        ("access.database.postgresql", "sqlite:///x"),
        ("access.database.postgresql", "10.0.0.7"),
    ],
)
def test_replica_url_must_name_postgresql(engine, url):
    with pytest.raises(ImproperlyConfigured, match="REPLICA_URL is for PostgreSQL"):
        replica_of({"ENGINE": engine, "OPTIONS": {}}, url)
