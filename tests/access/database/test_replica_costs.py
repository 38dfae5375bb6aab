"""The statements that a replica costs, and the requests that are repeated on the primary."""

import json

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from access.api.throttling import TokenThrottle
from access.database import write_times
from access.models import ApiToken
from config.middleware.replica_reads import ReplicaReadsMiddleware
from tests.conftest import database_url
from tests.factories import TokenFactory
from tests.support.api import ROOMS_URL
from tests.support.replica_fixtures import NO_LIMIT
from tests.support.server import manage

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
    times = write_times.WriteTimes()
    monkeypatch.setattr(write_times, "RECORD_EVERY", 3600)

    with django_assert_num_queries(1):
        times.record(token)
        times.record(token)
    first = ApiToken.objects.get(pk=token.pk).wrote_at
    monkeypatch.setattr(write_times, "RECORD_EVERY", 0)
    times.record(token)

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
