"""Prepared queries return the same rows as the ORM."""

import uuid
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from access.database.prepared_queries import PreparedQuery
from access.models import ApiToken, by_prefix
from rooms.models import Room
from rooms.models.room import token_and_room
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, WebhookEndpointFactory
from tests.support.api import columns_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(project):
    return Room.objects.of_project(project.pk)


def everything(room):
    session = room.active_session
    return columns_of(room), room.is_listened_to, session and (session.pk, model_to_dict(session))


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("listened_to", [True, False])
def test_room_equals_the_orms_room(project, rooms, live, listened_to):
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


def test_missing_room_is_not_found(rooms):
    elsewhere = RoomFactory()

    for unknown in (elsewhere.pk, uuid.uuid4()):
        with pytest.raises(Room.DoesNotExist):
            rooms.found(unknown)
    assert rooms.named(elsewhere.name) is None


def test_each_call_uses_its_own_parameters(django_assert_num_queries):
    projects = ProjectFactory.create_batch(3)
    rooms = [RoomFactory(project=project, name="same") for project in projects]

    for project, room in [*zip(projects, rooms, strict=True)] * 2:
        with django_assert_num_queries(1):
            assert Room.objects.of_project(project.pk).named("same") == room


def test_narrower_queryset_does_not_reuse_the_query_of_the_whole_project(project, rooms):
    room = RoomFactory(project=project, max_members=5)

    with pytest.raises(Room.DoesNotExist):
        rooms.filter(max_members=6).found(room.pk)


def test_related_row_is_loaded_with_the_same_query(token, django_assert_num_queries):
    by_name = PreparedQuery(
        lambda name: ApiToken.objects.select_related("project").filter(name=name),
        ApiToken._meta.get_field("name"),
    )

    with django_assert_num_queries(1):
        assert by_name.first(token.name).project == token.project
    assert by_name.first("nobody's") is None


def test_end_of_the_last_session_is_loaded_with_the_room(project, rooms):
    room = RoomFactory(project=project)
    day = timedelta(days=1)

    def last_ends():
        more = {"with_last_end": True}
        anew = rooms.filter(project=project)
        found = (rooms.found(room.pk, **more), rooms.named(room.name, **more))
        return {one.last_end for one in (*found, anew.found(room.pk, **more))}

    assert last_ends() == {None}
    for days in (3, 2):
        ended = SessionFactory(room=room, start_time=timezone.now() - days * day, ended=True)
        SessionFactory(ended=True)
        assert last_ends() == {ended.end_time}
    SessionFactory(room=room)
    assert last_ends() == {None}


@pytest.mark.of_postgresql
@pytest.mark.parametrize("with_last_end", [True, False])
def test_token_and_room_in_one_query_equal_two_queries(
    token, django_assert_num_queries, with_last_end
):
    room, other = (RoomFactory(project=token.project, meta={"a": [n]}) for n in range(2))
    SessionFactory(room=other)
    pair = token_and_room(with_last_end=with_last_end)

    for one in (room, other):
        with django_assert_num_queries(1):
            caller, found = pair.first(token.prefix, one.pk)
        alone = Room.objects.of_project(token.project_id).found(one.pk)
        assert everything(found) == everything(alone)
        assert model_to_dict(caller) == model_to_dict(by_prefix().first(token.prefix))
        assert caller.project == token.project


@pytest.mark.of_postgresql
def test_room_of_another_project_is_not_found_with_a_token(token):
    elsewhere = RoomFactory()

    for unknown in (elsewhere.pk, uuid.uuid4()):
        assert token_and_room().first(token.prefix, unknown) == (token, None)
    assert token_and_room().first("0" * 12, elsewhere.pk) == (None, None)


def test_room_loaded_with_the_token_is_used_once(project, rooms, django_assert_num_queries):
    room, other = RoomFactory.create_batch(2, project=project)
    rooms.at_hand = room

    with django_assert_num_queries(0):
        assert rooms.found(str(room.pk)) is room
    with django_assert_num_queries(1):
        assert rooms.found(room.pk) is not room
    rooms.at_hand = room
    assert rooms.found(other.pk) == other
