"""A room with a history."""

import pytest

from tests.factories import RoomFactory


@pytest.fixture
def room():
    return RoomFactory(name="ward-3", display_name="Ward 3")
