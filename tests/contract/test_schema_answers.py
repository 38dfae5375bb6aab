"""Every response that the OpenAPI document lists, caused on the server and compared."""

import json
import socket
from http.client import HTTPResponse

import pytest
import requests

from sessions.tokens.room_tokens import Claims, issue
from tests.factories import RoomFactory, TokenFactory
from tests.support.api import ROOMS_URL, nothing_changes
from tests.support.openapi import (
    DESCRIPTION,
    NOTHING,
    NOWHERE,
    OPERATIONS,
    assert_described,
    client_of_a_project_with_things,
    operation_of,
    parameters_of,
    send,
    things_of,
)
from tests.support.provoked import PROVOKED
from tests.support.server import start_server
from tests.support.tables import each

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of_a_project_with_things()


# These have their own tests below, because they are the same for every operation.
EVERYWHERE = {"405", "408", "429", "503"}


@each(
    ("name", "status"),
    [
        (name, status)
        for name in OPERATIONS
        for status in operation_of(name)["responses"]
        if status not in EVERYWHERE
    ],
)
def test_response_matches_the_document(client, name, status):
    response = PROVOKED[status](client, name)

    assert response.status_code == int(status), response.content
    assert_described(response, operation_of(name)["responses"][status])


def test_live_session_matches_the_document(client):
    things = things_of(client.project)

    response = send(client, "get_room", things=things)

    assert response.json()["active_session"]["id"] == str(things["session"])
    assert_described(response, operation_of("get_room")["responses"]["200"])


DRY = [name for name in OPERATIONS if "dry_run" in parameters_of(name)]


@each("name", DRY)
def test_dry_run_response_matches_the_document(client, name):
    things = things_of(client.project, ended=name == "delete_room")

    with nothing_changes():
        response = send(client, name, things=things, QUERY_STRING="dry_run=true")

    [done] = [status for status in operation_of(name)["responses"] if status < "300"]
    assert response.status_code == int(done)
    assert response.status_code == 204 or response.json()["dry_run"]
    assert_described(response, operation_of(name)["responses"][done])


# Tokens are not stored, so they need no dry run.
WRITE_NOTHING = {"create_room_token"}


def test_every_operation_that_changes_rooms_has_a_dry_run():
    others = {name for name, (method, _) in OPERATIONS.items() if method != "get"}

    assert others - WRITE_NOTHING == set(DRY)


def test_conflict_response_matches_the_document(client):
    things = things_of(client.project, ended=True)

    response = send(client, "update_room", '{"max_members": 8}', things=things, HTTP_IF_MATCH='"1"')

    assert response.status_code == 412
    assert set(response.json()["conflict"]["max_members"]) == {
        "base",
        "theirs",
        "yours",
        "overlaps",
    }
    assert_described(response, operation_of("update_room")["responses"]["412"])


def test_refused_admission_matches_the_document(client):
    room = RoomFactory(project=client.project, join_from="2999-01-01")
    body = json.dumps({"token": issue(Claims(client.project.pk, room.name))})

    response = send(client, "admit_member", body)

    assert response.json()["reason"] == "not_yet_open"
    assert response.headers["Retry-After"]
    assert_described(response, operation_of("admit_member")["responses"]["403"])


@pytest.mark.parametrize("mode", ["all", "valid"])
def test_refused_rooms_match_the_document(client, mode):
    things = things_of(client.project)
    ids = [str(things["room"]), NOWHERE]
    body = {"select": {"ids": ids}, "change": {"set": {"max_members": 8}}, "mode": mode}

    response = send(client, "change_rooms", json.dumps(body), things=things)

    assert {result["outcome"] for result in response.json()["results"]} == {"changed", "refused"}
    status = str(response.status_code)
    assert status == {"all": "422", "valid": "200"}[mode]
    assert_described(response, operation_of("change_rooms")["responses"][status])


def test_csv_import_response_matches_the_document(client):
    rows = "name,version,max_members\r\nnew,,30\r\nanother,7,x\r\n"

    response = send(client, "change_rooms", rows, "text/csv", QUERY_STRING="create=true&mode=valid")

    assert [result["line"] for result in response.json()["results"]] == [2, 3]
    assert response.json()["counts"]["created"] == 1
    assert_described(response, operation_of("change_rooms")["responses"]["200"])


def test_csv_export_matches_the_document(client):
    response = send(client, "list_rooms", HTTP_ACCEPT="text/csv")

    assert b"".join(response.streaming_content).startswith(b"id,name,version,")
    assert_described(response, operation_of("list_rooms")["responses"]["200"])


@each("path", DESCRIPTION["paths"])
def test_method_not_allowed_response_matches_the_document(client, path):
    response = client.generic("TRACE", path.format(**NOTHING))

    assert response.status_code == 405
    assert_described(response, DESCRIPTION["components"]["responses"]["MethodNotAllowed"])
    described = {method.upper() for method in DESCRIPTION["paths"][path]}
    # GET of a room named bulk is documented with the other rooms.
    also = {"GET"} if path.endswith("/bulk") else set()
    assert set(response["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == described | also


def test_too_many_requests_response_matches_the_document(server_env, transactional_db):
    token = TokenFactory()
    with start_server({**server_env, "RATE_LIMIT": "1/hour", "WORKERS": "1"}) as server:
        auth = (str(token.project_id), token.secret)
        answers = [requests.get(f"{server.url}{ROOMS_URL}", auth=auth, timeout=30) for _ in "12"]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert_described(answers[1], DESCRIPTION["components"]["responses"]["TooManyRequests"])


def test_service_unavailable_response_matches_the_document(server_env):
    # No server listens on port 1.
    away = {**server_env, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    token = TokenFactory()
    with start_server(away) as server:
        answer = requests.get(
            f"{server.url}{ROOMS_URL}", auth=(str(token.project_id), token.secret), timeout=30
        )

    assert answer.status_code == 503
    assert_described(answer, DESCRIPTION["components"]["responses"]["ServiceUnavailable"])


def test_request_timeout_response_matches_the_document(greenroom):
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
