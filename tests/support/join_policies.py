"""Join policies around noon, for tests."""

from datetime import UTC, datetime, timedelta

from rooms.rules.join_policy import JoinPolicy

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(hours, seconds=0):
    return NOON + timedelta(hours=hours, seconds=seconds)


def policy(**settings):
    return JoinPolicy(**{"max_members": 10, **settings})
