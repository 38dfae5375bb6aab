"""Join policy: when users may join and must leave, for every order of the times, to the second."""

import pytest

from rooms.rules.join_policy import Decision, Reason, ScheduledEvent, Upcoming
from tests.support.join_policies import NOON, SECOND, at, policy


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
        (policy(), 0, "Joining is open."),
        (policy(join_until=at(1)), 0, "Joining is open until 2030-01-01T13:00:00Z."),
        (policy(remove_at=at(2)), 0, "Joining is open until 2030-01-01T14:00:00Z."),
        (policy(join_from=at(1)), 0, "No one can join before 2030-01-01T13:00:00Z."),
        (
            policy(join_from=at(2), join_until=at(1)),
            0,
            "Joining ends at 2030-01-01T13:00:00Z, before it starts.",
        ),
        (policy(join_until=at(-1)), 0, "Joining ended at 2030-01-01T11:00:00Z."),
        (
            policy(remove_at=at(-1)),
            0,
            "The room ended at 2030-01-01T11:00:00Z. No one can join.",
        ),
        (policy(max_members=3), 5, "The room is full: 5 of 3 are inside."),
    ],
)
def test_every_decision_has_a_sentence(rules, inside, sentence):
    assert rules.decide(NOON, inside).sentence == sentence


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


def test_decision_equals_its_fields():
    decision = policy(join_from=at(1)).decide(NOON, 0)

    words = "No one can join before {time}."
    assert decision == Decision(False, Reason.NOT_YET_OPEN, words, at(1), at(1))
    assert decision.sentence == "No one can join before 2030-01-01T13:00:00Z."
