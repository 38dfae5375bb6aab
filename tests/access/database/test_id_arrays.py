"""Filtering by many ids: PostgreSQL gets one array parameter and returns the same rows."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.models import Room
from sessions.models import RoomSession
from tests.factories import RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(project):
    return RoomFactory.create_batch(4, project=project)


def found(**asked):
    return set(Room.objects.filter(**asked).values_list("pk", flat=True))


def test_rooms_are_found_by_their_ids(rooms):
    some = {room.pk for room in rooms[:2]}

    assert found(pk__in=some) == some
    assert found(pk__in=[*some, uuid.uuid4(), None]) == some
    assert found(pk__in=[str(pk) for pk in some]) == some
    assert found(id__in=dict.fromkeys(some)) == some
    assert found(project=rooms[0].project, pk__in=some, name=rooms[0].name) == {rooms[0].pk}


def test_rooms_are_excluded_by_their_ids(rooms):
    left_out = {room.pk for room in rooms[:3]}

    assert set(Room.objects.exclude(pk__in=left_out)) == {rooms[3]}


@pytest.mark.parametrize("nothing", [[], [None], Room.objects.none()])
def test_empty_list_of_ids_matches_nothing(rooms, nothing, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert found(pk__in=nothing) == set()


def test_ids_can_come_from_another_query(rooms):
    SessionFactory(room=rooms[1])

    assert found(pk__in=RoomSession.objects.values("room")) == {rooms[1].pk}
    assert found(sessions__in=RoomSession.objects.all()) == {rooms[1].pk}
    assert found(sessions__pk__in=list(RoomSession.objects.values_list("pk", flat=True))) == {
        rooms[1].pk
    }


def test_invalid_id_is_refused(rooms):
    with pytest.raises(ValidationError):
        found(pk__in=["1'}'::uuid[]); DROP TABLE rooms_room; --"])


@pytest.mark.of_postgresql
def test_all_ids_are_one_parameter_on_postgresql(rooms):
    with CaptureQueriesContext(connection) as queries:
        assert len(found(pk__in=[room.pk for room in rooms])) == len(rooms)

    assert "= ANY('{" in queries[0]["sql"]
