"""The end of a session."""

import pytest

from sessions.lifecycle import end
from sessions.models import RoomSession
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON, join, short_events

pytestmark = pytest.mark.django_db


def test_end_removes_every_member():
    room = RoomFactory()
    for name in ("Ada", "Bo"):
        session = join(room, name=name).session

    ended = end(RoomSession.objects.all(), session.pk, at=NOON + HOUR)

    assert (ended.status, ended.end_time) == ("completed", NOON + HOUR)
    assert short_events(ended)[-3:] == [
        ("member.left", "Ada", "session_ended"),
        ("member.left", "Bo", "session_ended"),
        ("room.ended", "ended"),
    ]
    assert join(room, at=NOON + HOUR).session != ended


def test_session_ends_once():
    session = join(RoomFactory()).session
    end(RoomSession.objects.all(), session.pk, at=NOON + HOUR)

    with nothing_changes():
        again = end(RoomSession.objects.all(), session.pk, at=NOON + 2 * HOUR)

    assert again.end_time == NOON + HOUR


def test_sessions_of_another_project_cannot_be_ended():
    session = join(RoomFactory()).session

    with nothing_changes(), pytest.raises(RoomSession.DoesNotExist):
        end(RoomSession.objects.filter(project=None), session.pk)


def test_end_time_is_never_before_the_start_time():
    session = join(RoomFactory()).session

    assert end(RoomSession.objects.all(), session.pk, at=NOON - HOUR).end_time == NOON
