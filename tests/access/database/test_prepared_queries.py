"""Prepared queries return the same rows as the ORM."""

import uuid
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from access.database.prepared_queries import PreparedModelsQuery, PreparedQuery
from access.models import ApiToken, token_by_prefix
from rooms.api.joined_lookup import token_and_room
from rooms.models import Room, RoomFinder
from sessions.models import RoomSession
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, WebhookEndpointFactory
from tests.support.api import columns_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(project):
    return RoomFinder(project.pk)


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
    by_orm = Room.objects.filter(project=project).get_by_id(room.pk)

    by_id = [rooms.get_by_id(key) for key in (room.pk, str(room.pk))]
    for found in (*by_id, rooms.get_by_name(room.name)):
        assert everything(found) == everything(by_orm)
        assert (found.active_session is not None) is live
        assert found.is_listened_to is listened_to


def test_missing_room_is_not_found(rooms):
    elsewhere = RoomFactory()

    for unknown in (elsewhere.pk, uuid.uuid4()):
        with pytest.raises(Room.DoesNotExist):
            rooms.get_by_id(unknown)
    assert rooms.get_by_name(elsewhere.name) is None


def test_each_call_uses_its_own_parameters(django_assert_num_queries):
    projects = ProjectFactory.create_batch(3)
    rooms = [RoomFactory(project=project, name="same") for project in projects]

    for project, room in [*zip(projects, rooms, strict=True)] * 2:
        with django_assert_num_queries(1):
            assert RoomFinder(project.pk).get_by_name("same") == room


def test_narrower_queryset_does_not_reuse_the_query_of_the_whole_project(project, rooms):
    room = RoomFactory(project=project, max_members=5)

    with pytest.raises(Room.DoesNotExist):
        rooms.all().filter(max_members=6).get_by_id(room.pk)


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
        found = (rooms.get_by_id(room.pk, **more), rooms.get_by_name(room.name, **more))
        by_orm = rooms.all().with_last_end().get_by_id(room.pk)
        return {one.last_end for one in (*found, by_orm)}

    assert last_ends() == {None}
    for days in (3, 2):
        ended = SessionFactory(room=room, start_time=timezone.now() - days * day, ended=True)
        SessionFactory(ended=True)
        assert last_ends() == {ended.end_time}
    SessionFactory(room=room)
    assert last_ends() == {None}


def test_models_between_times_are_those_of_the_orm(django_assert_num_queries):
    now, hour = timezone.now(), timedelta(hours=1)
    sessions = [SessionFactory(start_time=now - n * hour, ended=True) for n in range(1, 5)]

    def build(after, before):
        return RoomSession.objects.filter(start_time__gt=after, start_time__lt=before)

    query = PreparedModelsQuery(build, *[RoomSession._meta.get_field("start_time")] * 2)
    for first, last in ((0.5, 2.5), (1.5, 4.5), (8, 9)):
        times = now - last * hour, now - first * hour
        with django_assert_num_queries(1):
            found = query.all(*times)
        assert {*found} == {one for one in sessions if times[0] < one.start_time < times[1]}
        assert [columns_of(one) for one in found] == [columns_of(one) for one in build(*times)]


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
        alone = RoomFinder(token.project_id).get_by_id(one.pk)
        assert everything(found) == everything(alone)
        assert model_to_dict(caller) == model_to_dict(token_by_prefix().first(token.prefix))
        assert caller.project == token.project


@pytest.mark.of_postgresql
def test_room_of_another_project_is_not_found_with_a_token(token):
    elsewhere = RoomFactory()

    for unknown in (elsewhere.pk, uuid.uuid4()):
        assert token_and_room().first(token.prefix, unknown) == (token, None)
    assert token_and_room().first("0" * 12, elsewhere.pk) == (None, None)


def test_room_loaded_with_the_token_is_used_once(project, django_assert_num_queries):
    room, other = RoomFactory.create_batch(2, project=project)
    rooms = RoomFinder(project.pk, known=room)

    with django_assert_num_queries(0):
        assert rooms.get_by_id(str(room.pk)) is room
    with django_assert_num_queries(1):
        assert rooms.get_by_id(room.pk) is not room
    assert RoomFinder(project.pk, known=room).get_by_id(other.pk) == other
