"""Incoming requests: slow, in pieces, incomplete, too large, several on a connection."""

import re
import select
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from rooms.models import Room
from tests.factories import RoomFactory, StaffFactory, TokenFactory
from tests.support import raw_http
from tests.support.api import nothing_changes, room_url
from tests.support.raw_http import chunked, connect, receive, request
from tests.support.server import start_server

FIVE = b'{"max_members":5}'
FORM = "application/x-www-form-urlencoded"
# The live server has 2 workers with 2 threads each.
THREADS = 4


@pytest.fixture
def token(transactional_db):
    return TokenFactory()


@pytest.fixture
def room(token):
    return RoomFactory(project=token.project)


@pytest.fixture
def put(room, token):
    """Return the bytes of a PUT to the room, with these headers added or replaced."""

    def make(body=FIVE, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request("PUT", room_url(room), {**json_headers(token), **named}, body)

    return make


def json_headers(token):
    return {
        "Host": "localhost",
        "Authorization": f"Bearer {token.secret}",
        "Content-Type": "application/json",
    }


def get(room, token):
    return request("GET", room_url(room), json_headers(token), body=None)


def max_members(room):
    return Room.objects.get(pk=room.pk).max_members


def drip(connection, data):
    """Send a byte every tenth of a second until the server answers; return the response."""
    for byte in data:
        readable, _, _ = select.select([connection], [], [], 0.1)
        if readable:
            return receive(connection)
        connection.sendall(bytes([byte]))
    raise AssertionError("The server would have listened for ever.")


def everything(connection):
    """Return everything that the server sends until it closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_stalled_clients_do_not_block_others(server_env, room, token, put):
    # Longer than any client below waits.
    patient = {**server_env, "BODY_TIMEOUT": "50"}
    with start_server(patient) as server, ExitStack() as stack:
        stalled = [stack.enter_context(connect(server)) for _ in range(4 * THREADS)]
        for connection in stalled[::2]:
            connection.sendall(put(b'{"max_mem', Content_Length="17"))
        for connection in stalled[1::2]:
            connection.sendall(b"PUT /api/video/rooms/x HTTP/1.1\r\nHost: loc")

        answers = [raw_http.send(server, get(room, token)) for _ in range(THREADS)]

        assert [answer.status for answer in answers] == [200] * THREADS
        assert select.select(stalled, [], [], 0)[0] == []


def test_slow_body_is_answered_408(greenroom, put):
    with nothing_changes(), connect(greenroom) as connection:
        connection.sendall(put(b"", Content_Length="5000"))

        answer = drip(connection, b" " * 100)

    assert answer.status == 408
    assert answer.json()["error"] == "Request Timeout"
    assert answer.headers["connection"] == "close"


def test_slow_chunks_are_answered_408(greenroom, put):
    with nothing_changes(), connect(greenroom) as connection:
        connection.sendall(put(b"", Transfer_Encoding="chunked"))

        answer = drip(connection, b"1\r\n \r\n" * 17)

    assert answer.status == 408


def test_slow_headers_are_answered_408(greenroom):
    with connect(greenroom) as connection:
        assert drip(connection, b"GET /api/ HTTP/1.1\r\nX-A: " + b"a" * 80) is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content_Length": "17"}, b'{"max_members":'),
        ({"Transfer_Encoding": "chunked"}, chunked(FIVE, end=b"")),
        ({"Transfer_Encoding": "chunked"}, b"ff\r\n" + FIVE),
        (
            {"Transfer_Encoding": "chunked", "Content_Type": FORM},
            chunked(b"max_members=5", end=b""),
        ),
    ],
)
def test_incomplete_body_is_not_used(greenroom, put, headers, body):
    with nothing_changes(), connect(greenroom) as connection:
        connection.sendall(put(body, **headers))
        connection.shutdown(1)

        answer = receive(connection)

    assert answer is None or answer.status == 400


def test_connection_closes_after_a_chunked_request(greenroom, room, token, put):
    # A proxy that uses the Content-Length would send the rest as another client's request.
    smuggled = request("DELETE", room_url(room), json_headers(token), body=None)
    data = put(chunked(FIVE) + smuggled, Content_Length="4", Transfer_Encoding="chunked")
    with connect(greenroom) as connection:
        connection.sendall(data)

        answers = everything(connection)

    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answers
    assert Room.objects.filter(pk=room.pk).exists()


def test_requests_on_one_connection_are_separated(greenroom, room, token, put):
    last = put(b'{"max_members":6}', Connection="close")
    with connect(greenroom) as connection:
        connection.sendall(put() + get(room, token) + last)

        answers = everything(connection)

    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert re.findall(rb'"max_members":(\d+)', answers) == [b"5", b"5", b"6"]


def test_expect_100_continue_is_answered(greenroom, room, put):
    with connect(greenroom) as connection:
        connection.sendall(put(b"", Expect="100-continue", Content_Length=str(len(FIVE))))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(FIVE)

        answer = receive(connection)

    assert answer.status == 200
    assert max_members(room) == 5


def test_expect_100_continue_with_a_too_large_body_is_refused_first(greenroom, put):
    with connect(greenroom) as connection:
        connection.sendall(put(b"", Expect="100-continue", Content_Length="300000"))

        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_far_too_large_body_is_answered_413(greenroom, put):
    with connect(greenroom) as connection:
        # Many clients read only after they have sent everything, so the server reads on.
        connection.sendall(put(b" " * 7_000_000))

        answer = receive(connection)

    assert answer.status == 413
    assert answer.json()["detail"] == "A body may have at most 256 kB."


def test_far_too_large_content_length_is_refused_at_once(greenroom, put):
    assert raw_http.send(greenroom, put(b"", Content_Length="9999999999")).status == 413


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": f"{FORM}; charset=rot13"}, b"a=b", 415),
        ({"Content-Type": "multipart/form-data; boundary=x; charset=zlib_codec"}, b"--x--", 415),
        ({"Content-Type": FORM, "Content-Length": "99"}, b"a=b", 408),
        ({"Content-Type": FORM, "Transfer-Encoding": "chunked"}, b"3\r\na=b\r\nzz", 400),
        ({"Content-Type": FORM}, b"a" * 5_000_000, 413),
    ],
)
def test_pages_refuse_such_bodies_too(greenroom, headers, body, status):
    headers = {"Host": "localhost", **headers}
    logged = len(greenroom.log())

    answer = raw_http.send(greenroom, request("POST", "/admin/login/", headers, body))

    assert answer.status == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert b"This was not taken" in answer.body
    assert "Traceback" not in greenroom.log()[logged:]


def test_clients_that_disconnect_cause_no_error_in_the_log(greenroom):
    # A response of 1.5 MB, sent in many pieces.
    path = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
    logged = len(greenroom.log())
    for _ in range(5):
        with connect(greenroom) as connection:
            connection.sendall(request("GET", path, {"Host": "localhost"}, body=None))
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            # TCP resets a connection that is closed before the response was read.

    assert (
        raw_http.send(greenroom, request("GET", "/sign-in", {"Host": "localhost"}), "GET").status
        == 200
    )
    assert "Traceback" not in greenroom.log()[logged:]


def test_chunked_form_is_read(greenroom):
    user = StaffFactory()
    user.set_password("open sesame")
    user.save()
    host = {"Host": "localhost"}
    page = raw_http.send(greenroom, request("GET", "/admin/login/", host, body=None), "GET")
    assert page.status == 200
    secret = page.headers["set-cookie"].partition("csrftoken=")[2].partition(";")[0]
    form = (
        f"csrfmiddlewaretoken={secret}&username={user.username}&password=open+sesame&next=/admin/"
    )
    headers = {
        **host,
        "Cookie": f"csrftoken={secret}",
        "Content-Type": FORM,
        "Transfer-Encoding": "chunked",
    }

    answer = raw_http.send(
        greenroom, request("POST", "/admin/login/", headers, chunked(form.encode()))
    )

    assert answer.status == 302
    assert "sessionid=" in answer.headers["set-cookie"]


def test_static_file_is_sent_completely(greenroom):
    kept = max(Path(settings.STATIC_ROOT).glob("admin/css/base.*.css"))
    path = f"/static/admin/css/{kept.name}"
    host = {"Host": "localhost"}

    answer = raw_http.send(greenroom, request("GET", path, host, body=None), "GET")
    head = raw_http.send(greenroom, request("HEAD", path, host, body=None), "HEAD")

    assert answer.body == kept.read_bytes()
    assert head.body == b""
    assert head.headers["content-length"] == str(len(answer.body))


def test_address_of_the_client_is_known(greenroom, room):
    token = TokenFactory(project=room.project, allowed_networks="127.0.0.1/32")

    assert raw_http.send(greenroom, get(room, token)).status == 200


def test_current_request_is_finished_before_the_server_stops(server_env, room, put):
    with start_server({**server_env, "WORKERS": "1", "BODY_TIMEOUT": "10"}) as server:
        with connect(server) as connection:
            data = put(Expect="100-continue")
            connection.sendall(data[: -len(FIVE)])
            # The worker has the request once it asks for the body.
            connection.recv(100)
            server.process.terminate()
            connection.sendall(FIVE)

            answer = receive(connection)

        assert answer.status == 200
        assert max_members(room) == 5
        # The server got one SIGTERM; a second one would shorten its shutdown.
        assert server.process.wait(30) == 0
