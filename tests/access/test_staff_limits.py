import pytest
from django.contrib.auth import get_user_model

from access.models import Project, StaffLimit
from access.staff.limits import visible_to
from rooms.models import Room
from tests.factories import ProjectFactory, RoomFactory, StaffFactory
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms():
    return [RoomFactory(project=ProjectFactory()) for _ in range(2)]


def limited(user, *projects):
    StaffLimit.objects.create(user=user).projects.set(projects)


def test_staff_without_a_limit_see_every_project(rooms):
    user = StaffFactory(is_superuser=False)

    assert set(Room.objects.filter(visible_to(user))) == set(rooms)
    assert Project.objects.filter(visible_to(user, "")).count() == 2


def test_limited_staff_see_only_their_projects(rooms):
    user = StaffFactory(is_superuser=False)
    limited(user, rooms[0].project)
    limited(StaffFactory(is_superuser=False), rooms[1].project)

    assert list(Room.objects.filter(visible_to(user))) == [rooms[0]]
    assert list(Project.objects.filter(visible_to(user, ""))) == [rooms[0].project]


def test_limit_without_projects_shows_nothing(rooms):
    user = StaffFactory(is_superuser=False)
    limited(user)

    assert not Room.objects.filter(visible_to(user)).exists()
    assert not Project.objects.filter(visible_to(user, "")).exists()


def test_superusers_are_not_limited(rooms):
    user = StaffFactory()
    limited(user, rooms[0].project)

    assert Room.objects.filter(visible_to(user)).count() == 2


def test_limit_needs_no_extra_query(rooms, django_assert_num_queries):
    user = StaffFactory(is_superuser=False)
    limited(user, rooms[0].project)

    with django_assert_num_queries(1):
        list(Room.objects.filter(visible_to(user)))


def test_limited_staff_cannot_manage_users(client, rooms):
    person = log_in(client, "auth.view_user", "auth.change_user", "auth.add_user")
    users = "/admin/auth/user/"
    assert client.get(users).status_code == 200
    limited(person, rooms[0].project)

    answers = [client.get(f"{users}{rest}") for rest in ("", "add/", f"{person.pk}/change/")]

    assert [answer.status_code for answer in answers] == [403] * 3


def add_form(**sent):
    passwords = {"password1": "correct horse 9", "password2": "correct horse 9"}
    return {"username": "ada", "usable_password": "true", **passwords, **sent}


def test_new_user_sees_no_project_unless_one_is_chosen(client, rooms):
    log_in(client)
    page = "/admin/auth/user/add/"
    sent = fields_of(client.get(page))
    assert sent["limit-0-all_projects"] == "False"

    saved = client.post(page, {**sent, **add_form()})

    assert saved.status_code == 302
    person = get_user_model().objects.get(username="ada")
    assert not person.limit.all_projects
    assert not Room.objects.filter(visible_to(person)).exists()


def test_new_user_may_see_all_projects(client, rooms):
    log_in(client)
    page = "/admin/auth/user/add/"
    sent = fields_of(client.get(page))

    client.post(page, {**sent, **add_form(**{"limit-0-all_projects": "True"})})

    person = get_user_model().objects.get(username="ada")
    assert person.limit.all_projects
    assert Room.objects.filter(visible_to(person)).count() == 2


def test_new_user_needs_the_choice_of_projects(client):
    log_in(client)
    page = "/admin/auth/user/add/"
    sent = fields_of(client.get(page))
    del sent["limit-0-all_projects"]

    refused = client.post(page, {**sent, **add_form()})

    assert refused.status_code == 200
    assert not get_user_model().objects.filter(username="ada").exists()


def test_user_without_a_row_keeps_all_projects(client, rooms):
    log_in(client)
    person = StaffFactory(is_superuser=False)
    page = f"/admin/auth/user/{person.pk}/change/"
    sent = fields_of(client.get(page))

    client.post(page, sent)

    assert StaffLimit.objects.get(user=person).all_projects
    assert Room.objects.filter(visible_to(person)).count() == 2


def test_limit_is_set_in_the_admin(client, rooms):
    log_in(client)
    person = StaffFactory(is_superuser=False)
    page = f"/admin/auth/user/{person.pk}/change/"
    sent = fields_of(client.get(page))

    chosen = {"limit-0-all_projects": "False", "limit-0-projects": [str(rooms[0].project_id)]}
    saved = client.post(page, {**sent, **chosen})

    assert saved.status_code == 302
    assert list(Room.objects.filter(visible_to(person))) == [rooms[0]]
