"""Members are removed when their time is up."""

import pytest
from uuid_utils.compat import uuid7

from rooms.rules.join_policy import Overrides
from sessions.lifecycle import MemberIdTaken, remove_due
from sessions.models import RoomSession
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON, SECOND, TOKEN_ID, inside, join, short_events

pytestmark = pytest.mark.django_db


def test_all_members_are_removed_at_remove_at():
    room = RoomFactory(remove_at=NOON + HOUR)
    ada, bo = (join(room, at=NOON + n * SECOND, name=f"m{n}").member for n in (0, 1))
    assert ada.leave_by == bo.leave_by == NOON + HOUR
    with nothing_changes():
        assert remove_due(NOON + HOUR - SECOND) == 0

    assert remove_due(NOON + HOUR) == 2
    assert remove_due(NOON + HOUR) == 0

    assert short_events(ada.session)[-3:] == [
        ("member.left", "m0", "remove_at"),
        ("member.left", "m1", "remove_at"),
        ("room.ended", "empty"),
    ]


def test_member_is_removed_after_remove_after_seconds_elapsed():
    room = RoomFactory(remove_after_seconds_elapsed=60)
    ada = join(room, name="Ada").member
    join(room, at=NOON + SECOND, name="Bo")

    assert remove_due(NOON + 60 * SECOND) == 1

    assert inside(ada.session) == {"Bo"}
    assert short_events(ada.session)[-1] == ("member.left", "Ada", "remove_after_seconds_elapsed")


@pytest.mark.parametrize(
    ("seconds", "reason"), [(3599, "remove_after_seconds_elapsed"), (3600, "remove_at")]
)
def test_leave_reason_is_the_earlier_limit(seconds, reason):
    room = RoomFactory(remove_at=NOON + HOUR, remove_after_seconds_elapsed=seconds)
    member = join(room).member

    remove_due(NOON + 2 * HOUR)

    member.refresh_from_db()
    assert member.leave_reason == reason


def test_token_can_extend_its_bearers_stay():
    room = RoomFactory(remove_at=NOON + HOUR)
    join(room, name="Ada")
    host = join(room, name="Host", overrides=Overrides(remove_at=NOON + 2 * HOUR)).member

    remove_due(NOON + HOUR)

    assert inside(host.session) == {"Host"}


def test_session_ends_when_its_hosts_time_is_up():
    room = RoomFactory()
    host = Overrides(remove_after_seconds_elapsed=60)
    join(room, name="Host", overrides=host, end_room_session_on_leave=True)
    session = join(room, name="Ada").session

    assert remove_due(NOON + HOUR) == 1

    assert short_events(session)[-1] == ("room.ended", "member_left")
    assert inside(session) == set()


def test_admission_removes_due_members_before_counting():
    room = RoomFactory(max_members=1, remove_after_seconds_elapsed=60)
    due = join(room, name="Ada").member

    joined = join(room, at=NOON + HOUR, name="Bo")

    due.refresh_from_db()
    assert due.leave_reason == "remove_after_seconds_elapsed"
    assert inside(joined.session) == {"Bo"}


def test_admission_ends_the_session_of_a_due_host_first():
    room = RoomFactory()
    host = Overrides(remove_after_seconds_elapsed=60)
    first = join(room, name="Host", overrides=host, end_room_session_on_leave=True).session
    join(room, name="Ada")

    second = join(room, at=NOON + HOUR, name="Bo").session

    assert second != first
    assert [row for row in short_events(first) if row[0] == "room.ended"] == [
        ("room.ended", "member_left")
    ]


def test_due_member_cannot_continue_the_stay():
    room, mine = RoomFactory(remove_after_seconds_elapsed=60), uuid7()
    join(room, id=TOKEN_ID, member_id=mine)

    with nothing_changes(), pytest.raises(MemberIdTaken):
        join(room, at=NOON + HOUR, id=TOKEN_ID, member_id=mine)


def test_limited_number_of_sessions_is_handled_longest_overdue_first():
    rooms = [RoomFactory(remove_at=NOON + n * HOUR) for n in (3, 1, 2)]
    for room in rooms:
        join(room)

    assert remove_due(NOON + 4 * HOUR, sessions=2) == 2

    assert RoomSession.objects.get(end_time=None).room == rooms[0]
