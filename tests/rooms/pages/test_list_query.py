"""The query string of the room list, which bulk edit and export use too."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from access.models import StaffLimit
from rooms.pages.list_query import rooms_asked_for, stated
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, StaffFactory

pytestmark = pytest.mark.django_db


def names(user, query):
    return [room.name for room in rooms_asked_for(user, QueryDict(query))]


@pytest.fixture
def user():
    return StaffFactory(is_superuser=False)


def test_filters_of_the_api_and_project_narrow_the_list(user):
    ours, theirs = ProjectFactory(), ProjectFactory()
    for project in (ours, theirs):
        for name, quality in (("lobby", "1080p"), ("attic", "720p")):
            RoomFactory(project=project, name=name, quality=quality)
    SessionFactory(room__name="stage")

    assert names(user, f"project={ours.pk}&quality=1080p") == ["lobby"]
    assert names(user, f"project={theirs.pk}&ordering=name") == ["attic", "lobby"]
    assert names(user, "live=true") == ["stage"]
    assert names(user, "search=LOB&ordering=created_at") == ["lobby", "lobby"]


def test_limited_staff_find_nothing_in_other_projects(user):
    seen, unseen = RoomFactory(), RoomFactory()
    StaffLimit.objects.create(user=user).projects.set([seen.project])

    assert names(user, "") == [seen.name]
    assert names(user, f"project={unseen.project_id}") == []


def test_blank_and_unknown_parameters_are_ignored():
    query = QueryDict("quality=&search=+&colour=red&ordering=name&quality=720p&page=x")

    assert stated(query) == {"quality": "720p", "ordering": "name"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("status=gone", "status must be one of scheduled, open, full, closed"),
        ("project=7", "project must be the id of a project"),
        ("live=perhaps", "live must be true or false"),
        (f"search={'x' * 201}", "search must have at most 200 characters"),
        ("ordering=colour", "ordering must be one of"),
    ],
)
def test_invalid_parameters_are_refused_with_a_message(user, query, words):
    with pytest.raises(ValidationError) as refused:
        rooms_asked_for(user, QueryDict(query))

    assert words in " ".join(refused.value.messages)
