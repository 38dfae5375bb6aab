"""Bodies that are too large, and Expect: 100-continue."""

import pytest

from tests.support import raw_http
from tests.support.framing import FIVE, FORM, json_headers, max_members
from tests.support.raw_http import connect, receive, request


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
    assert b"Request rejected" in answer.body
    assert "Traceback" not in greenroom.log()[logged:]


@pytest.mark.parametrize("path", ["/rooms/bulk", "//rooms//bulk/"])
def test_body_has_the_limit_of_its_view_in_each_spelling_of_the_path(greenroom, token, path):
    # Above the limit of most calls, below that of bulk changes.
    body = b'{"x": "%b"}' % (b"a" * 300_000)
    data = request("POST", f"//api/video{path}", json_headers(token), body)

    answer = raw_http.send(greenroom, data, "POST")

    assert answer.status == 422
    assert "x is not known here." in answer.body.decode()
