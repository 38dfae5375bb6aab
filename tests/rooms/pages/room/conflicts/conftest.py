"""A room, and a form that was opened before another user changed it."""

import pytest

from tests.factories import RoomFactory
from tests.support.html import fields_of, log_in
from tests.support.room_page import page_of


@pytest.fixture
def room():
    return RoomFactory(description="base", layout="2x2", record_on_start=True)


@pytest.fixture
def opened(client, room):
    """The form data of a browser that opened the room before another user changed it."""
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
    return fields_of(client.get(page_of(room)))
