"""More rooms than a worker changes in one portion, and a job for them."""

import pytest

from rooms.models import Room
from tests.factories import ProjectFactory
from tests.support.jobs import MANY, a_job


@pytest.fixture
def rooms(db):
    project = ProjectFactory()
    names = [f"many-{number:04}" for number in range(MANY)]
    return Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)


@pytest.fixture
def job(rooms):
    """A job that changes all of the rooms and waits for a worker."""
    return a_job([room.pk for room in rooms])
