"""The kept statements of the list find what the ORM finds."""

import pytest
from django.utils import timezone

from access.staff.limits import StaffLimit
from rooms.models import Room, SavedView
from rooms.models.forecast import MOST_PREPARED, forecasts
from rooms.pages.list_query import rooms_in_order
from rooms.pages.room_list.first_page import first_page
from rooms.pages.room_list.rows import columns_of
from rooms.pages.room_list.visible_projects import VisibleProjects
from tests.factories import (
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def projects(db):
    found = [ProjectFactory(name=name) for name in ("alpha", "beta", "gamma")]
    for number, project in enumerate(found):
        for display_name in ("Zoo", "attic", f"Ward {number}"):
            RoomFactory(project=project, display_name=display_name)
    Room.objects.filter(pk=RoomFactory(project=found[0]).pk).update(auto_created=True)
    return found


def unlimited():
    return StaffFactory(is_superuser=False)


def limited_to(*projects):
    user = unlimited()
    StaffLimit.objects.create(user=user).projects.set(projects)
    return user


def test_first_page_has_the_rooms_that_the_query_finds(projects):
    users = [
        StaffFactory(),
        StaffFactory(),
        limited_to(projects[0]),
        limited_to(*projects[:2]),
    ]

    for user in [*users, *users]:
        seen = VisibleProjects.by(user)
        found = columns_of(rooms_in_order({}, seen.rooms(user)).order_by("display_name", "id"))
        assert first_page(user, seen).rows == list(found)
        assert first_page(user, seen).after is None


def test_first_page_is_read_otherwise_for_a_user_without_projects(projects):
    user = limited_to()

    assert first_page(user, VisibleProjects.by(user)) is None


@pytest.mark.parametrize("count", [1, 3, MOST_PREPARED + 1])
def test_forecasts_count_the_members_of_any_number_of_rooms(count):
    rooms = [RoomFactory(max_members=3) for _ in range(count)]
    for inside, room in enumerate(rooms[:3]):
        MemberFactory.create_batch(inside, session=SessionFactory(room=room))

    found = forecasts(rooms, timezone.now())

    assert [one.room for one in found] == rooms
    assert [one.inside for one in found] == [0, 1, 2][:count] + [0] * (count - 3)
    assert [bool(one.session) for one in found][:3] == [True] * min(count, 3)


def test_user_sees_own_views_and_those_shared_with_a_project_they_see(projects):
    owner, other = unlimited(), limited_to(projects[1])
    for project in (None, *projects):
        name = project.name if project else "own"
        SavedView.objects.create(user=owner, project=project, name=name, query="live=true")
    mine = SavedView.objects.create(user=other, name="zebra", query="live=true")

    assert [view.name for view in SavedView.seen_by(owner)] == ["alpha", "beta", "gamma", "own"]
    found = SavedView.seen_by(other)
    assert [view.name for view in found] == ["zebra", "beta"]
    assert found[0] == mine
    assert found[1].owner == owner.username
    names = [view.name for view in SavedView.seen_by(StaffFactory())]
    assert names == ["alpha", "beta", "gamma"]
