"""Sessions without members: they can be joined for a while, then end."""

import pytest

from rooms.changes import change_room
from rooms.models import Room
from sessions.lifecycle import end_empty
from sessions.lifecycle.departure_steps import EMPTY_FOR
from sessions.models import RoomSession
from tests.factories import TESTS, RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON, SECOND, go, join, refusal, short_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty():
    """A room with a session whose last member left at noon."""
    room = RoomFactory()
    go(join(room, at=NOON - HOUR).member)
    return RoomSession.objects.get()


def test_empty_session_can_be_joined_again(empty):
    assert (empty.end_time, empty.empty_since) == (None, NOON)

    back = join(empty.room, at=NOON + EMPTY_FOR - SECOND)

    assert back.session == empty
    assert back.session.empty_since is None
    assert end_empty(NOON + HOUR) == 0


def test_empty_session_ends_after_a_while(empty):
    with nothing_changes():
        assert end_empty(NOON + EMPTY_FOR - SECOND) == 0

    assert end_empty(NOON + EMPTY_FOR) == 1
    assert end_empty(NOON + EMPTY_FOR) == 0

    empty.refresh_from_db()
    assert (empty.status, empty.end_time) == ("completed", NOON + EMPTY_FOR)
    assert short_events(empty)[-1] == ("room.ended", "empty")


def test_later_member_starts_a_new_session(empty):
    back = join(empty.room, at=NOON + EMPTY_FOR)

    empty.refresh_from_db()
    assert back.session != empty
    assert (empty.end_time, short_events(empty)[-1]) == (NOON + EMPTY_FOR, ("room.ended", "empty"))
    assert short_events(back.session)[0] == ("room.started",)


def test_new_settings_of_an_empty_room_apply_at_once(empty):
    change_room(Room.objects.all(), empty.room_id, {"max_members": 7}, by=TESTS)

    back = join(empty.room, at=NOON + SECOND)

    assert back.session != empty
    assert back.session.max_members == 7


def test_room_closed_while_empty_admits_no_user(empty):
    change_room(Room.objects.all(), empty.room_id, {"join_until": NOON}, by=TESTS)

    assert refusal(empty.room, at=NOON + SECOND) == "closed"


@pytest.mark.parametrize("setting", ["join_until", "remove_at"])
def test_session_of_a_closed_room_ends_with_its_last_member(setting):
    member = join(RoomFactory(**{setting: NOON + HOUR})).member

    go(member, at=NOON + HOUR)

    assert RoomSession.objects.get().end_time == NOON + HOUR
