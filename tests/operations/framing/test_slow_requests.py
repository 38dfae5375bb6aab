"""Slow, stalled and interrupted requests, also when the server stops."""

import select
from contextlib import ExitStack

from tests.support import raw_http
from tests.support.api import nothing_changes
from tests.support.framing import FIVE, drip, get, max_members
from tests.support.raw_http import connect, receive, request
from tests.support.server import start_server

# The live server has 2 workers with 2 threads each.
THREADS = 4


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
