"""When a member must leave, and what a token overrides."""

from datetime import timedelta

import pytest

from rooms.models import Room
from rooms.rules.join_policy import JoinPolicy, Overrides
from tests.support.join_policies import at, policy

# --- when members must leave
JOINED = at(0, 0.25)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (policy(), None),
        (policy(join_until=at(1)), None),
        (policy(remove_at=at(1)), at(1)),
        (policy(remove_after_seconds_elapsed=1), at(0, 1.25)),
        (policy(remove_after_seconds_elapsed=3600), at(1, 0.25)),
        (policy(remove_at=at(1), remove_after_seconds_elapsed=3600), at(1)),
        (policy(remove_at=at(1), remove_after_seconds_elapsed=3599), at(0, 3599.25)),
        (policy(remove_after_seconds_elapsed=2**31 - 1), JOINED + timedelta(seconds=2**31 - 1)),
    ],
)
def test_member_leaves_at_the_earlier_limit(rules, expected):
    assert rules.leave_by(JOINED) == expected


# --- overrides in a token
EVERYTHING = {
    "join_from": at(-3),
    "join_until": at(1),
    "remove_at": at(2),
    "remove_after_seconds_elapsed": 60,
}
OTHERS = {
    "join_from": at(-1),
    "join_until": at(5),
    "remove_at": at(6),
    "remove_after_seconds_elapsed": 7,
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_token_overrides_only_its_own_settings(name):
    token = Overrides(**{name: OTHERS[name]})

    after = policy(**EVERYTHING).overridden_by(token)

    assert after == policy(**{**EVERYTHING, name: OTHERS[name]})


def test_token_without_overrides_keeps_the_rooms_policy():
    rules = policy(**EVERYTHING)

    assert rules.overridden_by(Overrides()) == rules


def test_token_can_extend_the_rooms_times():
    rules = policy(**EVERYTHING).overridden_by(Overrides(**OTHERS))

    assert rules.decide(at(4), 0).allowed
    assert rules.leave_by(at(4)) == at(4, 7)


def test_policy_of_a_room_equals_its_settings():
    room = Room(max_members=7, **EVERYTHING)

    assert JoinPolicy.of(room) == JoinPolicy(max_members=7, **EVERYTHING)
