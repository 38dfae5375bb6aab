"""Rooms that open in a month, for some hours, and the fields of a form without some."""

from datetime import timedelta

from django.utils import timezone

from access.values.timestamps import whole_second
from tests.factories import RoomFactory

HOUR = timedelta(hours=1)
NOON = whole_second(timezone.now()) + timedelta(days=30)


def window(hours=2, **values):
    return RoomFactory(join_from=NOON, join_until=NOON + hours * HOUR, **values)


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}
