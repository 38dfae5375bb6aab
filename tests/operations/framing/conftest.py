"""A room, a token that may change it, and the bytes of a change."""

import pytest

from tests.factories import RoomFactory, TokenFactory
from tests.support.api import room_url
from tests.support.framing import FIVE, json_headers
from tests.support.raw_http import request


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
