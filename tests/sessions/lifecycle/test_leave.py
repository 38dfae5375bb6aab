"""Leaving: who leaves, when, and the events of it."""

import pytest
from uuid_utils.compat import uuid7

from sessions.lifecycle import leave
from sessions.models import LeaveReason, Member, RoomSession, SessionEvent
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON, SECOND, go, inside, join, short_events

pytestmark = pytest.mark.django_db


def test_leave_is_recorded_as_an_event():
    room = RoomFactory()
    ada, bo = join(room, name="Ada").member, join(room, name="Bo").member

    left = go(ada, at=NOON + HOUR)

    left.refresh_from_db()
    assert (left.leave_time, left.leave_reason, left.duration) == (NOON + HOUR, "left", 3600)
    assert inside(ada.session) == {"Bo"}
    assert short_events(ada.session)[-1] == ("member.left", "Ada", "left")
    ada.session.refresh_from_db()
    assert (ada.session.end_time, ada.session.empty_since) == (None, None)
    assert bo.leave_time is None


def test_second_leave_changes_nothing():
    member = join(RoomFactory()).member
    go(member, at=NOON + SECOND)

    with nothing_changes():
        again = go(member, at=NOON + HOUR, reason=LeaveReason.REMOVED)

    assert (again.leave_time, again.leave_reason) == (NOON + SECOND, "left")


def test_members_of_another_project_cannot_be_removed():
    member = join(RoomFactory()).member

    with nothing_changes(), pytest.raises(Member.DoesNotExist):
        leave(Member.objects.filter(project_id=uuid7()), member.pk)


def test_leave_time_is_never_before_the_join_time():
    member = join(RoomFactory()).member

    # The clock of another server is behind.
    assert go(member, at=NOON - HOUR).leave_time == NOON


def test_token_can_end_the_session_when_its_bearer_leaves():
    room = RoomFactory()
    host = join(room, name="Host", end_room_session_on_leave=True).member
    join(room, name="Ada")

    go(host, at=NOON + HOUR)

    session = RoomSession.objects.get()
    assert (session.status, session.end_time) == ("completed", NOON + HOUR)
    assert short_events(session)[-3:] == [
        ("member.left", "Host", "left"),
        ("member.left", "Ada", "session_ended"),
        ("room.ended", "member_left"),
    ]
    assert inside(session) == set()


def test_events_are_numbered_in_order():
    room = RoomFactory()
    for number in range(3):
        member = join(room, at=NOON - number * SECOND, name=f"m{number}").member
        go(member, at=NOON - number * SECOND)

    types = list(SessionEvent.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["room.started"] + ["member.joined", "member.left"] * 3
