"""Where a request ends: chunked, incomplete, and several on a connection."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from rooms.models import Room
from tests.factories import StaffFactory, TokenFactory
from tests.support import raw_http
from tests.support.api import nothing_changes, room_url
from tests.support.framing import FIVE, FORM, everything, get, json_headers
from tests.support.raw_http import chunked, connect, receive, request


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


def test_chunked_request_without_a_body_has_no_headers_about_one(greenroom, put):
    headers = {"Transfer_Encoding": "chunked", "Content_Type": f"{FORM}; charset=latin-1"}

    with nothing_changes():
        answer = raw_http.send(greenroom, put(chunked(), **headers))

    assert answer.status == 400
    assert answer.json()["detail"].startswith("The body is empty")
