import pytest
from django.urls import reverse

from access.models import Project
from tests.factories import ProjectFactory, RoomFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db
PROJECTS = "/admin/access/project/"


def test_disable_reports_the_number_and_can_be_repeated(client):
    log_in(client)
    projects = [*ProjectFactory.create_batch(2), ProjectFactory(is_active=False)]

    first = act(client, PROJECTS, "disable", projects)
    second = act(client, PROJECTS, "disable", projects)
    third = act(client, PROJECTS, "enable", projects[:1])

    assert messages_of(first) == ["2 projects disabled.", "1 needed no change."]
    assert messages_of(second)[-2:] == ["0 projects disabled.", "3 needed no change."]
    assert messages_of(third)[-1] == "1 project enabled."
    assert list(Project.objects.filter(is_active=True)) == projects[:1]


def test_disabling_needs_the_change_permission(client):
    log_in(client, "access.view_project")
    project = ProjectFactory()

    act(client, PROJECTS, "disable", [project])

    project.refresh_from_db()
    assert project.is_active


def test_project_page_sets_if_match_required(client):
    log_in(client)
    project = ProjectFactory()
    path = reverse("admin:access_project_change", args=[project.pk])
    sent = fields_of(client.get(path))

    client.post(path, {**sent, "requires_if_match": "on"})

    project.refresh_from_db()
    assert project.requires_if_match
    assert project.is_active


def test_project_with_rooms_cannot_be_deleted(client):
    log_in(client)
    room = RoomFactory()

    path = reverse("admin:access_project_delete", args=[room.project_id])
    response = client.post(path, {"post": "yes"})

    assert response.status_code == 200
    assert b"protected" in response.content
    assert Project.objects.exists()


@pytest.mark.parametrize("path", ["/admin/auth/user/", "/admin/auth/group/"])
def test_users_and_groups_are_in_the_admin(client, path):
    log_in(client)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("3600", 3600), ("", None), ("0", 60), ("-1", 60), ("2147483648", 60), ("1.5", 60)],
)
def test_project_page_limits_the_life_of_room_tokens(client, typed, stored):
    log_in(client)
    project = ProjectFactory(longest_room_token=60)
    path = reverse("admin:access_project_change", args=[project.pk])

    response = client.post(path, {**fields_of(client.get(path)), "longest_room_token": typed})

    project.refresh_from_db()
    assert project.longest_room_token == stored
    assert response.status_code == (200 if stored == 60 else 302)
