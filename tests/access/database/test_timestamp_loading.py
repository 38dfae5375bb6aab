"""Moments as the database's driver reads them: in UTC, to the microsecond, by every cursor."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from access.values.timestamps import EARLIEST, LATEST
from rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)

MOMENTS = [
    EARLIEST,
    LATEST,
    datetime(2026, 7, 1, 12, 30, 59, 123456, tzinfo=UTC),
    datetime(2026, 7, 1, 12, 30, 59, 100000, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_comes_back_as_it_was_written(room, moment):
    # A test may write what no caller can.
    Room.objects.filter(pk=room.pk).update(updated_at=moment)

    rooms = Room.objects.filter(pk=room.pk)
    for found in (rooms.get(), rooms.in_full().get(), next(rooms.iterator())):
        assert found.updated_at == moment
        assert found.updated_at.tzinfo is UTC
    assert Room.objects.of_project(room.project_id).found(room.pk).updated_at == moment


@pytest.mark.of_postgresql
def test_the_driver_reads_moments_by_itself():
    type_ = connection.Database.postgres.types["timestamptz"].oid

    with connection.cursor() as cursor:
        assert cursor.adapters.get_loader(type_, 0).__module__.startswith("psycopg")
