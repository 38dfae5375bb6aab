"""Apply settings to a live session with members."""

from sessions.lifecycle.live_settings import apply_settings
from sessions.models import RoomSession
from tests.factories import TESTS, MemberFactory
from tests.support.lifecycle import MINUTE, NOON


def apply(session, values, dry_run=False):
    sessions = RoomSession.objects.all()
    return apply_settings(sessions, session.pk, values, by=TESTS, dry_run=dry_run, at=NOON)


def member_of(session, minutes=0, **values):
    joined = NOON - minutes * MINUTE
    return MemberFactory(session=session, join_time=joined, **values)
