"""A blocked room token: it admits no one until the block is lifted."""

from dataclasses import replace

import pytest
from uuid_utils.compat import uuid7

from sessions.lifecycle import MemberIdTaken, TokenBlocked, admit, end, leave, remove_due, unblock
from sessions.models import LeaveReason, Member, RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, WebhookEndpointFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, MINUTE, NOON, short_events
from tests.support.webhook_events import event_bodies

MEMBERS = Member.objects


@pytest.fixture
def claims(room):
    return Claims(room.project_id, room.name, user_name="Ada")


def enter(claims, at=NOON, **how):
    return admit(claims, by=TESTS, at=at, **how)


def throw_out(member, block=True, at=NOON):
    return leave(MEMBERS.all(), member.pk, reason=LeaveReason.REMOVED, block=block, at=at)


def lift(member):
    return unblock(MEMBERS.all(), member.pk, at=NOON)


def refuse(claims, **how):
    with nothing_changes(), pytest.raises(TokenBlocked):
        enter(claims, **how)


def test_blocked_member_cannot_come_back_with_the_same_token(claims):
    throw_out(enter(claims).member)

    refuse(claims)
    refuse(claims, at=NOON + HOUR)
    refuse(claims, member_id=uuid7())


def test_block_outlives_the_session(claims):
    admission = enter(claims)
    throw_out(admission.member)
    end(RoomSession.objects.all(), admission.session.pk, at=NOON)

    refuse(claims, at=NOON + MINUTE)
    refuse(claims, at=NOON + MINUTE, member_id=uuid7())


def test_blocked_stay_is_refused_as_blocked_with_its_member_id(claims):
    member = enter(claims, member_id=uuid7()).member
    throw_out(member)

    refuse(claims, member_id=member.pk)


def test_member_id_of_another_token_is_taken_also_if_that_is_blocked(claims, room):
    member = enter(claims, member_id=uuid7()).member
    throw_out(member)

    with nothing_changes(), pytest.raises(MemberIdTaken):
        enter(Claims(room.project_id, room.name), member_id=member.pk)


def test_another_token_of_the_same_person_is_admitted(claims):
    throw_out(enter(claims).member)

    assert enter(replace(claims, id=uuid7())).is_new


def test_removal_without_a_block_lets_the_member_come_back(claims):
    throw_out(enter(claims).member, block=False)

    assert enter(claims).is_new


def test_worker_removes_without_a_block(claims):
    early = replace(claims, remove_at=NOON + MINUTE)
    enter(early)
    assert remove_due(NOON + MINUTE) == 1

    assert Member.objects.get().blocked_at is None
    assert enter(replace(early, remove_at=None), at=NOON + MINUTE).is_new


def test_member_who_left_can_be_blocked_later(claims):
    member = enter(claims).member
    leave(MEMBERS.all(), member.pk, at=NOON)

    throw_out(member)

    refuse(claims)
    assert Member.objects.get().leave_reason == LeaveReason.LEFT


def test_other_stay_of_the_same_token_goes_on(claims):
    first, second = (enter(claims, member_id=uuid7()).member for _ in range(2))
    throw_out(first)

    assert not enter(claims, member_id=second.pk).is_new
    refuse(claims, member_id=uuid7())


def test_unblock_lets_the_token_in_again(claims):
    member = throw_out(enter(claims).member)

    assert lift(member).blocked_at is None

    assert enter(claims).is_new


def test_unblock_lifts_the_block_of_each_stay_of_the_token(claims):
    first, second = (throw_out(enter(claims, member_id=uuid7()).member, block=False) for _ in "ab")
    throw_out(first)
    throw_out(second)

    lift(first)

    assert enter(claims).is_new


def test_second_block_and_second_unblock_change_nothing(claims):
    member = throw_out(enter(claims).member)
    with nothing_changes():
        throw_out(member)
    lift(member)

    with nothing_changes():
        lift(member)


def test_unknown_member_cannot_be_unblocked(db):
    with pytest.raises(Member.DoesNotExist):
        unblock(MEMBERS.all(), uuid7())


def test_block_and_unblock_are_events(claims, room):
    WebhookEndpointFactory(project=room.project)
    admission = enter(claims)
    lift(throw_out(admission.member))

    assert short_events(admission.session)[1:] == [
        ("member.joined", "Ada"),
        ("member.left", "Ada", "removed"),
        ("member.blocked", "Ada"),
        ("member.unblocked", "Ada"),
    ]
    types = [event["type"] for event in event_bodies()]
    assert types[-2:] == ["member.blocked", "member.unblocked"]
    assert event_bodies()[-1]["data"]["member"]["id"] == str(admission.member.pk)
