"""Join policies for every order of the times, and for generated times."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.models import Room, RoomStatus
from rooms.rules.join_policy import JoinPolicy, Reason
from tests.support.join_policies import NOON, at, policy

# --- all orders of the times
SLOTS = (None, -2, -1, 0, 1, 2)


def expected_of(join_from, join_until, remove_at):
    """Return the reason at noon, derived in another way: from the times that are past or ahead."""
    past = lambda moment: moment is not None and moment <= 0  # noqa: E731
    if past(remove_at):
        return "removed"
    if past(join_until):
        return "closed"
    if join_from is None or past(join_from):
        return "open"
    window = [m for m in range(1, 9) if m >= join_from]
    window = [m for m in window if join_until is None or m < join_until]
    window = [m for m in window if remove_at is None or m < remove_at]
    return "not_yet_open" if window else "never_open"


@pytest.mark.parametrize(("join_from", "join_until", "remove_at"), [*product(SLOTS, repeat=3)])
def test_reason_is_right_for_every_order_of_times(join_from, join_until, remove_at):
    hours = {"join_from": join_from, "join_until": join_until, "remove_at": remove_at}
    rules = policy(**{name: None if h is None else at(h) for name, h in hours.items()})

    assert rules.decide(NOON, 0).reason == expected_of(join_from, join_until, remove_at)


# --- random policies
moments = st.none() | st.integers(-5, 5).map(lambda seconds: at(0, seconds))
policies = st.builds(
    JoinPolicy,
    max_members=st.integers(1, 3),
    join_from=moments,
    join_until=moments,
    remove_at=moments,
    remove_after_seconds_elapsed=st.none() | st.integers(1, 5),
)
seconds = [at(0, second) for second in range(-8, 9)]


@given(policies)
def test_changes_at_is_the_next_change_while_the_room_has_space(rules):
    answers = [rules.decide(now, 0) for now in seconds]
    for now, decision in zip(seconds, answers, strict=True):
        later = [
            moment
            for moment, then in zip(seconds, answers, strict=True)
            if moment > now and then.allowed != decision.allowed
        ]
        assert decision.changes_at == (later[0] if later else None)


@given(policies, st.integers(0, 4))
def test_admitted_member_can_stay_for_some_time(rules, inside):
    for now in seconds:
        leave_by = rules.leave_by(now)
        if rules.decide(now, inside).allowed and leave_by is not None:
            assert leave_by > now


@given(policies)
def test_policy_opens_at_most_once(rules):
    allowed = [rules.decide(now, 0).allowed for now in seconds]

    changes = sum(before != after for before, after in pairwise([False, *allowed, False]))
    assert changes in (0, 2)


@given(policies)
def test_room_status_agrees_with_the_policy(rules):
    room = Room(**vars(rules))
    turned_round = rules.join_from and rules.ends_joining and rules.ends_joining <= rules.join_from
    status_of = {
        Reason.OPEN: RoomStatus.OPEN,
        Reason.NOT_YET_OPEN: RoomStatus.SCHEDULED,
        Reason.CLOSED: RoomStatus.CLOSED,
        Reason.REMOVED: RoomStatus.CLOSED,
    }
    for now in seconds:
        if not turned_round:
            assert room.status(now) == status_of[rules.decide(now, 0).reason]
