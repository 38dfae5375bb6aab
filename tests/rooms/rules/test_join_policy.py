"""Join policy: when users may join and must leave, for every order of the times, to the second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.models import Room, RoomStatus
from rooms.rules.join_policy import (
    Decision,
    JoinPolicy,
    Overrides,
    Reason,
    ScheduledEvent,
    Upcoming,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(hours, seconds=0):
    return NOON + timedelta(hours=hours, seconds=seconds)


def policy(**settings):
    return JoinPolicy(**{"max_members": 10, **settings})


def answer(decision):
    return decision.allowed, decision.reason, decision.changes_at


# --- one time, to the second

OPENS = policy(join_from=NOON)
CLOSES = policy(join_until=NOON)
REMOVES = policy(remove_at=NOON)


@pytest.mark.parametrize(
    ("rules", "now", "expected"),
    [
        (policy(), NOON, (True, "open", None)),
        (OPENS, NOON - SECOND, (False, "not_yet_open", NOON)),
        (OPENS, NOON, (True, "open", None)),
        (OPENS, NOON + SECOND, (True, "open", None)),
        (CLOSES, NOON - SECOND, (True, "open", NOON)),
        (CLOSES, NOON, (False, "closed", None)),
        (CLOSES, NOON + SECOND, (False, "closed", None)),
        (REMOVES, NOON - SECOND, (True, "open", NOON)),
        (REMOVES, NOON, (False, "removed", None)),
        (REMOVES, NOON + SECOND, (False, "removed", None)),
        # The earlier time ends joining; the answer names the final one.
        (policy(join_until=at(1), remove_at=at(2)), NOON, (True, "open", at(1))),
        (policy(join_until=at(2), remove_at=at(1)), NOON, (True, "open", at(1))),
        (policy(join_until=at(1), remove_at=at(2)), at(1), (False, "closed", None)),
        (policy(join_until=at(1), remove_at=at(2)), at(2), (False, "removed", None)),
        (policy(join_until=at(2), remove_at=at(1)), at(1), (False, "removed", None)),
        # Only a token can reverse the window.
        (policy(join_from=at(2), join_until=at(1)), NOON, (False, "never_open", None)),
        (policy(join_from=at(2), join_until=at(2)), NOON, (False, "never_open", None)),
        (policy(join_from=at(2), join_until=at(2, 1)), NOON, (False, "not_yet_open", at(2))),
        (policy(join_from=at(2), remove_at=at(2)), NOON, (False, "never_open", None)),
        (policy(join_from=at(2), remove_at=at(2, 1)), NOON, (False, "not_yet_open", at(2))),
        (policy(join_from=at(2), join_until=at(1)), at(1), (False, "closed", None)),
        (policy(join_from=at(2), remove_at=at(1)), at(1), (False, "removed", None)),
    ],
)
def test_state_changes_exactly_at_each_time(rules, now, expected):
    assert answer(rules.decide(now, 0)) == expected


@pytest.mark.parametrize(
    ("most", "inside", "reason"),
    [(1, 0, "open"), (1, 1, "full"), (10, 9, "open"), (10, 10, "full"), (10, 11, "full")],
)
def test_room_is_full_at_max_members(most, inside, reason):
    decision = policy(max_members=most).decide(NOON, inside)

    assert answer(decision) == (reason == "open", reason, None)


def test_full_room_does_not_change_with_time():
    rules = policy(join_until=at(1), max_members=1)

    assert rules.decide(NOON, 0).changes_at == at(1)
    assert rules.decide(NOON, 1).changes_at is None


@pytest.mark.parametrize(
    ("rules", "reason"), [(OPENS, "not_yet_open"), (CLOSES, "closed"), (REMOVES, "removed")]
)
def test_schedule_is_checked_before_capacity(rules, reason):
    now = NOON - SECOND if rules is OPENS else NOON

    assert rules.decide(now, 99).reason == reason


@pytest.mark.parametrize(
    ("rules", "inside", "sentence"),
    [
        (policy(), 0, "People are let in."),
        (policy(join_until=at(1)), 0, "People are let in until 2030-01-01T13:00:00Z."),
        (policy(remove_at=at(2)), 0, "People are let in until 2030-01-01T14:00:00Z."),
        (policy(join_from=at(1)), 0, "Nobody is let in before 2030-01-01T13:00:00Z."),
        (
            policy(join_from=at(2), join_until=at(1)),
            0,
            "Joining ends at 2030-01-01T13:00:00Z, before it begins.",
        ),
        (policy(join_until=at(-1)), 0, "Joining ended at 2030-01-01T11:00:00Z."),
        (
            policy(remove_at=at(-1)),
            0,
            "Everybody was removed at 2030-01-01T11:00:00Z; nobody is let in any more.",
        ),
        (policy(max_members=3), 5, "The room is full: 5 of 3 are inside."),
    ],
)
def test_every_decision_has_a_sentence(rules, inside, sentence):
    assert rules.decide(NOON, inside).sentence == sentence


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


# --- upcoming events

OPEN, SHUT, OUT = ScheduledEvent.OPENS, ScheduledEvent.CLOSES, ScheduledEvent.REMOVES_EVERYONE


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (policy(), []),
        (policy(join_from=NOON), []),
        (policy(join_from=at(0, 1)), [(OPEN, at(0, 1))]),
        (policy(join_until=NOON), []),
        (policy(join_until=at(0, 1)), [(SHUT, at(0, 1))]),
        (policy(remove_at=NOON), []),
        (policy(remove_at=at(0, 1)), [(OUT, at(0, 1))]),
        (
            policy(join_from=at(1), join_until=at(2), remove_at=at(3)),
            [(OPEN, at(1)), (SHUT, at(2)), (OUT, at(3))],
        ),
        (
            policy(join_from=at(-1), join_until=at(2), remove_at=at(3)),
            [(SHUT, at(2)), (OUT, at(3))],
        ),
        # Removing everyone also closes the room, so it is one event.
        (policy(join_until=at(2), remove_at=at(2)), [(OUT, at(2))]),
        (policy(join_until=at(3), remove_at=at(2)), [(OUT, at(2))]),
        # A token reversed the window; the earlier event comes first.
        (policy(join_from=at(2), join_until=at(1)), [(SHUT, at(1)), (OPEN, at(2))]),
    ],
)
def test_upcoming_events_are_sorted_by_time(rules, expected):
    assert rules.upcoming(NOON) == [Upcoming(what, moment) for what, moment in expected]


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


def test_decision_equals_its_fields():
    decision = policy(join_from=at(1)).decide(NOON, 0)

    sentence = "Nobody is let in before 2030-01-01T13:00:00Z."
    assert decision == Decision(False, Reason.NOT_YET_OPEN, sentence, at(1))
