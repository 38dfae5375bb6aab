"""Repeated admission with one token: the same member, another member, or a refusal."""

import pytest
from uuid_utils.compat import uuid7

from sessions.lifecycle import MemberIdTaken
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import NOON, SECOND, TOKEN_ID, go, join

pytestmark = pytest.mark.django_db


def test_same_token_admits_the_same_member_once():
    room = RoomFactory(max_members=1)
    first = join(room, id=TOKEN_ID)

    with nothing_changes():
        again = join(room, id=TOKEN_ID, at=NOON + SECOND)

    assert (again.member, again.session) == (first.member, first.session)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.member.join_time == NOON


def test_member_id_makes_the_call_repeatable():
    room, mine = RoomFactory(max_members=1), uuid7()
    first = join(room, id=TOKEN_ID, member_id=mine)
    assert first.member.pk == mine

    with nothing_changes():
        assert join(room, id=TOKEN_ID, member_id=mine).is_new is False


def test_two_member_ids_of_one_token_are_two_members():
    room = RoomFactory()
    for member_id in (uuid7(), uuid7()):
        assert join(room, id=TOKEN_ID, member_id=member_id).is_new


def test_token_can_be_used_again_after_leaving():
    room = RoomFactory()
    join(room, name="Host")
    first = join(room, id=TOKEN_ID).member
    go(first)

    again = join(room, id=TOKEN_ID)

    assert again.is_new
    assert again.member != first


@pytest.mark.parametrize("case", ["over", "other token", "other room"])
def test_member_id_cannot_be_used_for_another_stay(case):
    room, mine = RoomFactory(), uuid7()
    member = join(room, id=TOKEN_ID, member_id=mine).member
    if case == "over":
        go(member)
    other = RoomFactory(project=room.project) if case == "other room" else room
    token_id = uuid7() if case == "other token" else TOKEN_ID

    with nothing_changes(), pytest.raises(MemberIdTaken):
        join(other, id=token_id, member_id=mine)
