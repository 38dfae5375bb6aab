"""Members and events as rows: the constraints of the database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rooms.rules.join_policy import JoinPolicy
from sessions.models import Member, RoomSession, SessionEvent
from tests.factories import MemberFactory, RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "x" * 201},
        {"name": " "},
        {"name": "a\nb"},
        {"jti": "x" * 101},
        {"jti": ""},
        {"join_as": "host"},
        {"media_allowed": "none"},
        {"leave_reason": "bored", "leave_time": NOON},
        {"leave_reason": "left"},
        {"leave_time": NOON},
        {"leave_time": NOON - timedelta(microseconds=1), "leave_reason": "left"},
        {"token_remove_after": 0},
        {"token_remove_after": 2**31 - 1, "token_remove_at": datetime(3000, 1, 1, tzinfo=UTC)},
    ],
)
def test_database_refuses_invalid_members(changed):
    member = MemberFactory(join_time=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "x" * 200},
        {"name": None},
        {"jti": "x" * 100},
        {"leave_time": NOON, "leave_reason": "left"},
        {"token_remove_after": 2**31 - 1},
    ],
)
def test_database_accepts_a_member_at_the_limits(changed):
    member = MemberFactory(join_time=NOON)

    assert Member.objects.filter(pk=member.pk).update(**changed) == 1


def test_database_refuses_events_of_unknown_type():
    session = SessionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        SessionEvent(session=session, project_id=session.project_id, type="room.exploded").save()


def test_events_cannot_be_changed_or_deleted_one_by_one():
    session = SessionFactory()
    event = SessionEvent(session=session, project_id=session.project_id, type="room.started")
    event.save()

    with pytest.raises(TypeError, match="cannot be changed"):
        event.save()
    with pytest.raises(TypeError, match="cannot be deleted"):
        event.delete()
    assert SessionEvent.objects.get() == event


def test_duration_of_a_member_is_in_whole_seconds():
    member = MemberFactory.build(session=SessionFactory(), join_time=NOON)
    assert member.duration is None

    member.leave_time = NOON + timedelta(seconds=59, milliseconds=999)

    assert member.duration == 59


def test_policy_of_a_member_is_the_sessions_with_token_overrides():
    settings = {"max_members": 3, "remove_at": NOON, "remove_after_seconds_elapsed": 60}
    session = SessionFactory(room=RoomFactory(**settings))
    plain = MemberFactory(session=session)
    own = MemberFactory(
        session=session, token_remove_at=NOON + timedelta(hours=1), token_remove_after=90
    )

    assert plain.policy(session) == JoinPolicy(**settings)
    assert own.policy(session) == JoinPolicy(
        max_members=3, remove_at=NOON + timedelta(hours=1), remove_after_seconds_elapsed=90
    )


def test_live_session_must_have_a_room():
    session = SessionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoomSession.objects.filter(pk=session.pk).update(room=None)
