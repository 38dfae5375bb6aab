"""A live session whose settings change."""

import pytest

from tests.factories import RoomFactory, SessionFactory
from tests.support.lifecycle import HOUR, NOON


@pytest.fixture
def session():
    room = RoomFactory(max_members=5, join_from=NOON - HOUR)
    return SessionFactory(room=room, start_time=NOON - HOUR)
