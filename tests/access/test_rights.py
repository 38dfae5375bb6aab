"""Only superusers give rights: through users, their passwords, and groups."""

import pytest
from django.contrib.auth.models import Group, Permission

from access.admin.people import RIGHTS
from access.models import StaffLimit
from tests.factories import StaffFactory
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db

USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
EVERYTHING_ABOUT = {
    name: [f"auth.{act}_{name}" for act in ("view", "add", "change", "delete")]
    for name in ("user", "group")
}


@pytest.fixture
def manager(client):
    """Log in a user who may manage users and groups, but is no superuser."""
    return log_in(client, *EVERYTHING_ABOUT["user"], *EVERYTHING_ABOUT["group"])


def test_manager_cannot_give_rights_to_a_user(client, manager):
    page = f"{USERS}{manager.pk}/change/"
    group = Group.objects.create(name="Everything")
    sent = fields_of(client.get(page))
    assert not RIGHTS & sent.keys()
    every = list(Permission.objects.values_list("pk", flat=True))
    rights = {"is_superuser": "on", "groups": [group.pk], "user_permissions": every}

    saved = client.post(page, {**sent, **rights, "first_name": "Ada"})

    assert saved.status_code == 302
    manager.refresh_from_db()
    assert (manager.first_name, manager.is_superuser) == ("Ada", False)
    assert not manager.groups.exists()
    assert manager.user_permissions.count() == 8


@pytest.mark.parametrize("page", ["change/", "password/", "delete/"])
def test_manager_cannot_change_a_superuser(client, manager, page):
    boss = StaffFactory(username="boss")
    passwords = {"password1": "correct horse 9", "password2": "correct horse 9"}

    refused = client.post(f"{USERS}{boss.pk}/{page}", {"post": "yes", "username": "x", **passwords})

    assert refused.status_code == 403
    known = boss.password
    boss.refresh_from_db()
    assert (boss.username, boss.password) == ("boss", known)


def test_manager_cannot_delete_a_superuser_by_the_list(client, manager):
    boss = StaffFactory(username="boss")
    action = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}

    client.post(USERS, action)

    boss.refresh_from_db()


@pytest.mark.parametrize("page", ["add/", "{group}/change/", "{group}/delete/"])
def test_manager_cannot_change_a_group(client, manager, page):
    group = Group.objects.create(name="Own")
    manager.groups.add(group)
    every = list(Permission.objects.values_list("pk", flat=True))
    address = GROUPS + page.format(group=group.pk)

    refused = client.post(address, {"post": "yes", "name": "grp", "permissions": every})

    assert refused.status_code == 403
    assert [(one.name, one.permissions.count()) for one in Group.objects.all()] == [("Own", 0)]


def test_manager_sees_groups_and_their_rights(client, manager):
    group = Group.objects.create(name="Own")

    assert client.get(f"{GROUPS}{group.pk}/change/").status_code == 200


def test_limited_manager_does_not_see_users_and_groups(client, manager):
    group = Group.objects.create(name="Own")
    StaffLimit.objects.create(user=manager)

    pages = [USERS, GROUPS, f"{USERS}{manager.pk}/change/", f"{GROUPS}{group.pk}/change/"]

    assert [client.get(page).status_code for page in pages] == [403] * 4


def test_superuser_gives_rights(client):
    log_in(client)
    person = StaffFactory(is_superuser=False)
    page = f"{USERS}{person.pk}/change/"
    permission = Permission.objects.get(codename="view_room")
    sent = fields_of(client.get(page))

    saved = client.post(page, {**sent, "user_permissions": [permission.pk]})

    assert saved.status_code == 302
    assert list(person.user_permissions.all()) == [permission]
