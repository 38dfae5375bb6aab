"""Admit and remove members at a given time, and read what was recorded."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from rooms.rules.join_policy import Overrides
from sessions.lifecycle import AdmissionRefused, admit, leave
from sessions.models import LeaveReason, Member
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS
from tests.support.api import nothing_changes

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
TOKEN_ID = uuid7()


def join(room, at=NOON, member_id=None, name="Ada", overrides=Overrides(), **values):  # noqa: B008
    said = {"project_id": room.project_id, "room_name": room.name, "auto_create_room": False}
    claims = Claims(**{**said, "user_name": name, **asdict(overrides), **values})
    return admit(claims, by=TESTS, member_id=member_id, at=at)


def go(member, at=NOON, reason=LeaveReason.LEFT):
    return leave(Member.objects.all(), member.pk, reason=reason, at=at)


def short_events(session):
    """Return the events of a session in order, in short form."""
    rows = []
    for event in session.events.order_by("pk"):
        what = event.payload.get("member", {}).get("name")
        rows.append(tuple(filter(None, (event.type, what, event.payload.get("reason")))))
    return rows


def refusal(room, at=NOON, **values):
    with nothing_changes(), pytest.raises(AdmissionRefused) as refused:
        join(room, at=at, **values)
    return refused.value.decision.reason


def inside(session):
    return set(session.members.filter(leave_time=None).values_list("name", flat=True))
