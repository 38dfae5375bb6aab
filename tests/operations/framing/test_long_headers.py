"""Headers that are too large: JSON from the application, an empty 431 from Granian above 64 kB."""

import pytest
from django.conf import settings

from access.http.header_sizes import long_headers
from tests.support import raw_http
from tests.support.api import nothing_changes
from tests.support.framing import max_members
from tests.support.raw_http import request

KILO = 1024
ONE, ALL = "X-Long is larger than 8 kB.", "The headers are larger than 16 kB together."


def lines(count, size):
    return {f"X_H{number}": "a" * size for number in range(count)}


def test_long_header_is_refused(greenroom, put):
    with nothing_changes():
        answer = raw_http.send(greenroom, put(X_Long="a" * 8 * KILO))

    assert (answer.status, answer.json()["detail"]) == (431, ONE)
    assert answer.json()["error"] == "Request Header Fields Too Large"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(("count", "size"), [(3, 6 * KILO), (90, 200), (16, KILO)])
def test_long_block_of_headers_is_refused(greenroom, put, count, size):
    with nothing_changes():
        answer = raw_http.send(greenroom, put(**lines(count, size)))

    assert (answer.status, answer.json()["detail"]) == (431, ALL)


def test_repeated_lines_of_a_header_count_together(greenroom, put):
    line = b"\r\nX-Long: " + b"a" * 5000
    data = put().replace(b"\r\n\r\n", line + line + b"\r\n\r\n")

    answer = raw_http.send(greenroom, data)

    assert (answer.status, answer.json()["detail"]) == (431, ONE)


def test_large_headers_below_the_limits_are_accepted(greenroom, room, put):
    answer = raw_http.send(greenroom, put(X_Long="a" * 8000, **lines(7, KILO)))

    assert answer.status == 200
    assert max_members(room) == 5


@pytest.mark.parametrize("path", ["/sign-in", "/"])
def test_page_is_refused_in_html(greenroom, path):
    headers = {"Host": "localhost", "Cookie": "a" * 9000}

    answer = raw_http.send(greenroom, request("GET", path, headers, body=None), "GET")

    assert answer.status == 431
    assert b"Cookie is larger than 8 kB." in answer.body


@pytest.mark.parametrize("more", [{"X_Long": "a" * 500_000}, lines(150, 10)], ids=["long", "many"])
def test_server_itself_refuses_more_than_it_reads(greenroom, put, more):
    with nothing_changes():
        answer = raw_http.send(greenroom, put(**more))

    assert (answer.status, answer.body) == (431, b"")


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([settings.HEADER_BYTES], ""),
        ([settings.HEADER_BYTES + 1], "X0 is larger than 8 kB."),
        ([settings.HEADER_BYTES - 2, settings.HEADER_BYTES - 2], ""),
        ([settings.HEADER_BYTES - 2, settings.HEADER_BYTES - 1], ALL),
    ],
)
def test_limits_count_names_separators_and_ends(sizes, sentence):
    headers = {f"HTTP_X{number}": "a" * (size - 4) for number, size in enumerate(sizes)}

    assert long_headers({"PATH_INFO": "a" * 20_000, "wsgi.input": None, **headers}) == sentence
