"""A query that is kept finds what the ORM finds anew each time."""

import uuid

import pytest
from django.forms.models import model_to_dict

from access.compiled import Compiled
from access.models import ApiToken
from rooms.models import Room
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, WebhookEndpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(project):
    return Room.objects.of_project(project.pk)


def everything(room):
    found = {field.attname: getattr(room, field.attname) for field in room._meta.concrete_fields}
    session = room.active_session
    return found, room.is_listened_to, session and (session.pk, model_to_dict(session))


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("listened_to", [True, False])
def test_a_room_is_found_as_the_orm_finds_it(project, rooms, live, listened_to):
    room, other = (
        RoomFactory(project=project, meta={"a": [n]}, join_from="2030-01-01") for n in range(2)
    )
    SessionFactory(room=other)
    if live:
        SessionFactory(room=room)
    if listened_to:
        WebhookEndpointFactory(project=project)
    anew = rooms.filter(project=project)

    assert anew.whole_project is None
    for found in (rooms.found(room.pk), rooms.found(str(room.pk)), rooms.named(room.name)):
        assert everything(found) == everything(anew.found(room.pk))
        assert (found.active_session is not None) is live
        assert found.is_listened_to is listened_to


def test_what_is_not_there_is_not_found(rooms):
    elsewhere = RoomFactory()

    for unknown in (elsewhere.pk, uuid.uuid4()):
        with pytest.raises(Room.DoesNotExist):
            rooms.found(unknown)
    assert rooms.named(elsewhere.name) is None


def test_each_call_has_values_of_its_own(django_assert_num_queries):
    projects = ProjectFactory.create_batch(3)
    rooms = [RoomFactory(project=project, name="same") for project in projects]

    for project, room in [*zip(projects, rooms, strict=True)] * 2:
        with django_assert_num_queries(1):
            assert Room.objects.of_project(project.pk).named("same") == room


def test_a_narrower_selection_is_not_taken_for_the_whole_project(project, rooms):
    room = RoomFactory(project=project, max_members=5)

    with pytest.raises(Room.DoesNotExist):
        rooms.filter(max_members=6).found(room.pk)


def test_a_related_row_comes_along(token, django_assert_num_queries):
    by_name = Compiled(
        lambda name: ApiToken.objects.select_related("project").filter(name=name),
        ApiToken._meta.get_field("name"),
    )

    with django_assert_num_queries(1):
        assert by_name.first(token.name).project == token.project
    assert by_name.first("nobody's") is None
