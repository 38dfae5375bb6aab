"""Datetimes from the database: in UTC, to the microsecond, with every kind of cursor."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from access.values.timestamps import EARLIEST, LATEST
from rooms.models import Room, RoomFinder

pytestmark = pytest.mark.django_db(transaction=True)

MOMENTS = [
    EARLIEST,
    LATEST,
    datetime(2026, 7, 1, 12, 30, 59, 123456, tzinfo=UTC),
    datetime(2026, 7, 1, 12, 30, 59, 100000, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_datetime_from_the_database_equals_the_stored_one(room, moment):
    # A test may store values that no client can.
    Room.objects.filter(pk=room.pk).update(updated_at=moment)

    rooms = Room.objects.filter(pk=room.pk)
    for found in (rooms.get(), rooms.in_full().get(), next(rooms.iterator())):
        assert found.updated_at == moment
        assert found.updated_at.tzinfo is UTC
    assert RoomFinder(room.project_id).get_by_id(room.pk).updated_at == moment


@pytest.mark.of_postgresql
def test_psycopg_loads_datetimes_itself():
    type_ = connection.Database.postgres.types["timestamptz"].oid

    with connection.cursor() as cursor:
        assert cursor.adapters.get_loader(type_, 0).__module__.startswith("psycopg")
