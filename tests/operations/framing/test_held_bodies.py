"""Bodies above 256 kB need a credential that works; the memory of all bodies has a limit."""

import socket
from contextlib import ExitStack

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.factories import StaffFactory
from tests.support import raw_http
from tests.support.api import nothing_changes
from tests.support.framing import FIVE, json_headers, max_members
from tests.support.held_bodies import MEGABYTE, hold, resident_bytes
from tests.support.raw_http import chunked, connect, receive, request
from tests.support.server import start_server

BULK = "/api/video/rooms/bulk?dry_run=true"
CSV = {"Host": "localhost", "Content-Type": "text/csv"}
ROWS = b"name,description\n" + b"".join(b"q%d,%s\n" % (n, b"d" * 150) for n in range(5000))


@pytest.fixture(scope="module")
def small_server(server_env):
    """A server of one process with memory for 10 MB of each kind of bodies."""
    env = {**server_env, "WORKERS": "1", "BODY_MEMORY": "20", "BODY_TIMEOUT": "30"}
    # The clients of the tests are more than that, at one address.
    with start_server({**env, "CONNECTIONS_PER_ADDRESS": "300"}) as server:
        yield server


@pytest.fixture
def small(small_server, transactional_db):
    return small_server


def bearer(token):
    return {**CSV, "Authorization": f"Bearer {token.secret}"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer gr_wrong"}])
def test_large_body_without_a_credential_is_401(greenroom, headers):
    with nothing_changes():
        answer = raw_http.send(greenroom, request("POST", BULK, {**CSV, **headers}, ROWS), "POST")

    assert (answer.status, answer.json()) == (401, {"error": "Unauthorized"})
    assert answer.headers["www-authenticate"] == 'Basic realm="Greenroom", charset="UTF-8"'


def test_large_chunked_body_without_a_credential_is_401(greenroom):
    data = request("POST", BULK, {**CSV, "Transfer-Encoding": "chunked"}, chunked(ROWS))

    assert raw_http.send(greenroom, data, "POST").status == 401


def test_expect_100_continue_without_a_credential_is_refused_before_the_body(greenroom):
    headers = {**CSV, "Expect": "100-continue", "Content-Length": str(len(ROWS))}

    answer = raw_http.send(greenroom, request("POST", BULK, headers), "POST")

    assert answer.status == 401


def test_expect_100_continue_with_a_token_is_continued(greenroom, token):
    headers = {**bearer(token), "Expect": "100-continue", "Content-Length": str(len(ROWS))}
    with connect(greenroom) as connection:
        connection.sendall(request("POST", BULK, headers))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(ROWS)

        assert receive(connection, "POST").status == 422


@pytest.mark.parametrize("encode", [lambda body: body, chunked], ids=["whole", "chunked"])
def test_large_body_with_a_token_is_read(greenroom, token, encode):
    framing = {"Transfer-Encoding": "chunked"} if encode is chunked else {}
    data = request("POST", BULK, {**bearer(token), **framing}, encode(ROWS))

    answer = raw_http.send(greenroom, data, "POST")

    assert answer.status == 422
    assert answer.json()["counts"]["refused"] == 5000


def test_large_form_needs_a_signed_in_user(greenroom):
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="rooms"))
    client = Client()
    client.force_login(user)
    headers = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    path, body = reverse("import"), b"a=" + b"a" * 300_000

    stranger = raw_http.send(greenroom, request("POST", path, headers, body), "POST")
    user = raw_http.send(
        greenroom, request("POST", path, {**headers, "Cookie": cookie}, body), "POST"
    )

    assert stranger.status == 403
    assert b"Sign in before you send a large form." in stranger.body
    # The request passed the limit, and has no CSRF token.
    assert user.status == 403
    assert b"Sign in before you send" not in user.body


def test_held_bodies_of_strangers_take_little_memory(small, room, put):
    before = resident_bytes(small)
    with ExitStack() as stack:
        for _ in range(100):
            hold(stack, small, request("POST", BULK, CSV), 8 * MEGABYTE)
        for _ in range(100):
            hold(stack, small, put(b""), 250_000)

        answer = raw_http.send(small, put())
        grown = resident_bytes(small) - before

    assert answer.status == 200
    assert grown < 100 * MEGABYTE


def test_bodies_beyond_the_memory_get_503_and_others_are_answered(small, room, token, put):
    with ExitStack() as stack:
        held = hold(stack, small, request("POST", BULK, bearer(token)), 8 * MEGABYTE)
        held.settimeout(0.5)
        with pytest.raises(TimeoutError):
            held.recv(1)

        refused = raw_http.send(small, request("POST", BULK, bearer(token), ROWS * 4), "POST")
        answer = raw_http.send(small, put())

    assert refused.status == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "no memory left" in refused.json()["detail"]
    assert answer.status == 200


def test_clients_with_a_token_have_memory_that_strangers_cannot_fill(small, room, token, put):
    with ExitStack() as stack:
        headers = {**json_headers(token), "Authorization": ""}
        for _ in range(60):
            hold(stack, small, request("POST", "/api/video/rooms", headers), 250_000)

        stranger = raw_http.send(
            small, request("POST", "/api/video/rooms", headers, b" " * 250_000), "POST"
        )
        answer = raw_http.send(small, put(b" " * 100_000 + FIVE))

    assert stranger.status == 503
    assert answer.status == 200
    assert max_members(room) == 5


def test_memory_of_each_body_is_given_back(small, token):
    whole = request("POST", BULK, bearer(token), ROWS * 8)
    for _ in range(3):
        with connect(small) as broken:
            broken.sendall(whole[:-1])
            broken.shutdown(socket.SHUT_WR)
            receive(broken, "POST")

        assert raw_http.send(small, whole, "POST").status == 422
