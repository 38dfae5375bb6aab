"""Every answer that an operation is said to give, given by the server and compared."""

import json
import socket
from http.client import HTTPResponse

import pytest
import requests

from access.models import Project
from rooms.models import Room
from tests.api import ROOMS_URL
from tests.described import (
    DESCRIPTION,
    NOWHERE,
    OPERATIONS,
    assert_described,
    client_of_a_project,
    operation_of,
    send,
)
from tests.factories import SessionFactory, TokenFactory
from tests.live import start_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of_a_project()


def as_nobody(client, name):
    client.credentials()
    return send(client, name)


def without_scope(client, name):
    token = TokenFactory(scopes=[], project=client.project)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
    return send(client, name)


def to_nothing(client, name):
    return send(client, name, session=SessionFactory.build(room=Room(), pk=NOWHERE))


def while_live(client, name):
    return send(client, name, session=SessionFactory(room__project=client.project))


def with_bad_values(client, name):
    body = '{"max_members": 0, "quality": "4k", "name": ""}'
    return send(client, name, body, QUERY_STRING="page_size=0&page_token=x")


def where_versions_are_demanded(client, name):
    Project.objects.update(requires_if_match=True)
    return send(client, name)


def but(**extra):
    return lambda client, name: send(client, name, **extra)


PROVOKED = {
    "200": send,
    "201": send,
    "204": send,
    "400": but(HTTP_HOST="elsewhere.example"),
    "401": as_nobody,
    "403": without_scope,
    "404": to_nothing,
    "406": but(HTTP_ACCEPT="text/html"),
    "409": while_live,
    "412": but(HTTP_IF_MATCH='"999"'),
    "413": but(body="x" * 300_000),
    "414": but(QUERY_STRING="q" * 9000),
    "415": but(body="{}", content_type="application/json; charset=rot13"),
    "422": with_bad_values,
    "428": where_versions_are_demanded,
}
# Each has a test of its own below: they are the same for every operation.
EVERYWHERE = {"405", "408", "429", "503"}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (name, status)
        for name in OPERATIONS
        for status in operation_of(name)["responses"]
        if status not in EVERYWHERE
    ],
)
def test_answer_is_what_the_description_says(client, name, status):
    response = PROVOKED[status](client, name)

    assert response.status_code == int(status), response.content
    assert_described(response, operation_of(name)["responses"][status])


def test_a_session_in_progress_is_drawn_as_described(client):
    session = SessionFactory(room__project=client.project)

    response = send(client, "get_room", session=session)

    assert response.json()["active_session"]["id"] == str(session.pk)
    assert_described(response, operation_of("get_room")["responses"]["200"])


@pytest.mark.parametrize("path", DESCRIPTION["paths"])
def test_other_methods_are_refused_as_described(client, path):
    response = client.generic("TRACE", path.format(room=NOWHERE, session=NOWHERE))

    assert response.status_code == 405
    assert_described(response, DESCRIPTION["components"]["responses"]["MethodNotAllowed"])
    allowed = {method.upper() for method in DESCRIPTION["paths"][path]}
    assert set(response["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


def test_too_many_requests_are_refused_as_described(server_env, transactional_db):
    token = TokenFactory()
    with start_server({**server_env, "RATE_LIMIT": "1/hour", "WORKERS": "1"}) as server:
        auth = (str(token.project_id), token.secret)
        answers = [requests.get(f"{server.url}{ROOMS_URL}", auth=auth, timeout=30) for _ in "12"]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert_described(answers[1], DESCRIPTION["components"]["responses"]["TooManyRequests"])


def test_a_database_that_is_away_is_told_as_described(server_env):
    # Nothing listens on port 1.
    away = {**server_env, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    token = TokenFactory()
    with start_server(away) as server:
        answer = requests.get(
            f"{server.url}{ROOMS_URL}", auth=(str(token.project_id), token.secret), timeout=30
        )

    assert answer.status_code == 503
    assert_described(answer, DESCRIPTION["components"]["responses"]["ServiceUnavailable"])


def test_a_body_that_does_not_arrive_is_refused_as_described(greenroom):
    with socket.create_connection((greenroom.host, greenroom.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/video/rooms HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"
        )
        answer = HTTPResponse(connection)
        answer.begin()
        answer.status_code, answer.content = answer.status, answer.read()
        answer.json = lambda: json.loads(answer.content)

    assert answer.status_code == 408
    assert_described(answer, DESCRIPTION["components"]["responses"]["RequestTimeout"])
