"""Applying settings to a live session: which members are removed, and when."""

import pytest

from sessions.lifecycle import AdmissionRefused, admit, remove_due
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS
from tests.support.lifecycle import HOUR, MINUTE, NOON, SECOND
from tests.support.live_settings import apply, member_of

pytestmark = pytest.mark.django_db


def test_new_remove_at_applies_to_members_without_a_token_override(session):
    ada = member_of(session)
    host = member_of(session, token_remove_at=NOON + 3 * HOUR, leave_by=NOON + 3 * HOUR)

    applied = apply(session, {"remove_at": NOON + HOUR})

    assert [removal.member for removal in applied.removals] == [ada]
    ada.refresh_from_db()
    host.refresh_from_db()
    assert (ada.leave_by, host.leave_by) == (NOON + HOUR, NOON + 3 * HOUR)


def test_members_inside_too_long_are_due_now_and_others_later(session):
    short, long = member_of(session, minutes=1), member_of(session, minutes=30)

    applied = apply(session, {"remove_after_seconds_elapsed": 600})

    assert [(r.member, r.at) for r in applied.removals] == [
        (long, NOON),
        (short, NOON + 9 * MINUTE),
    ]
    assert remove_due(NOON) == 1
    assert list(session.members.filter(leave_time=None)) == [short]


def test_removal_can_be_undone_before_it_happens(session):
    member = member_of(session, leave_by=NOON + SECOND)
    RoomSession.objects.update(remove_at=NOON + SECOND)

    applied = apply(session, {"remove_at": None})

    assert [(r.before, r.at) for r in applied.removals] == [(NOON + SECOND, None)]
    assert remove_due(NOON + HOUR) == 0
    member.refresh_from_db()
    assert member.leave_time is None


def test_overdue_member_is_no_new_removal(session):
    RoomSession.objects.update(remove_at=NOON - MINUTE)
    member_of(session, minutes=10, leave_by=NOON - MINUTE)

    assert apply(session, {"remove_after_seconds_elapsed": 60}).removals == []


def test_removal_of_an_overdue_member_can_be_postponed(session):
    RoomSession.objects.update(remove_at=NOON - MINUTE)
    member_of(session, leave_by=NOON - MINUTE)

    applied = apply(session, {"remove_at": NOON + HOUR})

    assert [(r.before, r.at) for r in applied.removals] == [(NOON - MINUTE, NOON + HOUR)]


def test_lower_max_members_removes_no_member_and_admits_no_user(session):
    for _ in range(3):
        member_of(session)

    applied = apply(session, {"max_members": 2})

    assert applied.removals == []
    assert remove_due(NOON + HOUR) == 0
    assert session.members.filter(leave_time=None).count() == 3
    claims = Claims(session.project_id, session.name)
    with pytest.raises(AdmissionRefused):
        admit(claims, by=TESTS, at=NOON)


def test_earlier_join_until_removes_no_member(session):
    member_of(session)

    assert apply(session, {"join_until": NOON}).removals == []
    assert remove_due(NOON + HOUR) == 0
