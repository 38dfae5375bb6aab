"""Requests as bytes, in one piece or dripping, and all that the server answers."""

import select

from rooms.models import Room
from tests.support.api import room_url
from tests.support.raw_http import receive, request

FIVE = b'{"max_members":5}'
FORM = "application/x-www-form-urlencoded"


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
