"""The forecast of a room: what an admission would decide later."""

import pytest

from rooms.changes import change_room
from rooms.models import Room
from rooms.models.forecast import forecast
from rooms.rules.join_policy import Overrides
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON, SECOND, go, join

pytestmark = pytest.mark.django_db


def test_forecast_equals_the_decision_of_an_admission():
    room = RoomFactory(max_members=1, join_until=NOON + HOUR)
    assert forecast(room, NOON).reason == "open"
    member = join(room).member

    with nothing_changes():
        assert forecast(room, NOON).reason == "full"
        assert forecast(room, NOON + HOUR).reason == "closed"
        token = Overrides(join_until=NOON + 2 * HOUR)
        assert forecast(room, NOON + HOUR, token).reason == "full"
    go(member)
    assert forecast(room, NOON).reason == "open"


def test_forecast_counts_members_still_inside_at_that_time():
    room = RoomFactory(max_members=1, remove_after_seconds_elapsed=60)
    join(room)

    assert forecast(room, NOON + 59 * SECOND).reason == "full"
    assert forecast(room, NOON + 60 * SECOND).reason == "open"


def test_forecast_of_an_empty_session_uses_the_rooms_settings():
    session = SessionFactory()
    room = change_room(Room.objects.all(), session.room_id, {"join_until": NOON}, by=TESTS).room

    assert forecast(room, NOON).reason == "closed"
