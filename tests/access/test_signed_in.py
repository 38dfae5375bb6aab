"""The user of a session and their permissions are those that Django would find."""

import pytest
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user,
    get_user_model,
)
from django.contrib.auth.models import Group, Permission
from django.test import RequestFactory

from access.credentials.signed_in import user_of
from access.credentials.staff_sessions import SessionStore
from access.models import StaffSession
from tests.factories import StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


def asked(client):
    """Return a request with the session of `client`, as it is in the database."""
    request = RequestFactory().get("/")
    request.session = SessionStore(client.session.session_key)
    return request


def staff_with_permissions():
    """Yield a user for each way to permissions: none, own ones, by groups, both, and all."""
    first, second, *_ = Permission.objects.all()
    groups = Group.objects.create(name="a"), Group.objects.create(name="b")
    for group in groups:
        group.permissions.set([second])
    for own, by_group in (([], []), ([first], []), ([], groups), ([first, second], groups)):
        user = StaffFactory(is_superuser=False)
        user.user_permissions.set(own)
        user.groups.set(by_group)
        yield user
    yield StaffFactory()


def test_user_and_permissions_are_those_of_django(client, django_assert_num_queries):
    names = [f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.all()[:3]]
    for made in staff_with_permissions():
        client.force_login(made)
        request, expected = asked(client), get_user_model().objects.get(pk=made.pk)
        with django_assert_num_queries(1 if made.is_superuser else 2):
            user = user_of(request)
            may = [user.has_perm(one) for one in names]
        assert (user, vars(user)["password"]) == (expected, expected.password)
        assert may == [expected.has_perm(one) for one in names]
        assert user.get_all_permissions() == expected.get_all_permissions()
        assert [user.has_module_perms(app) for app in ("admin", "rooms")] == [
            expected.has_module_perms(app) for app in ("admin", "rooms")
        ]


def change_session(**values):
    def change(client, user):
        session = client.session
        session.update(values)
        session.save()

    return change


def change_user(**values):
    return lambda client, user: type(user).objects.filter(pk=user.pk).update(**values)


def name_another_user(client, user):
    StaffSession.objects.update(user=StaffFactory())


DOUBTFUL = {
    "inactive user": change_user(is_active=False),
    "another password": change_user(password="another"),
    "deleted user": lambda client, user: user.delete(),
    "another user in the row": name_another_user,
    "no user in the row": lambda client, user: StaffSession.objects.update(user=None),
    "another hash": change_session(**{HASH_SESSION_KEY: "another"}),
    "no hash": change_session(**{HASH_SESSION_KEY: ""}),
    "an unknown backend": change_session(**{BACKEND_SESSION_KEY: "another.Backend"}),
    "an unknown user": change_session(**{SESSION_KEY: "123456789"}),
}


def test_django_decides_about_each_doubtful_session(client):
    found = {}
    for name, change in DOUBTFUL.items():
        user = log_in(client, "rooms.view_room")
        change(client, user)
        StaffSession.objects.exclude(pk=client.session.session_key).delete()
        # Django may delete the session, so ours is asked first and a copy is asked second.
        row = StaffSession.objects.filter(pk=client.session.session_key).first()
        ours = user_of(asked(client))
        if row:
            row.save()
        assert ours == get_user(asked(client)), name
        found[name] = ours.is_authenticated
        client.logout()

    # These two name the user in the session's data, as in a session of an earlier release.
    assert [name for name, inside in found.items() if inside] == [
        "another user in the row",
        "no user in the row",
    ]


def test_session_without_a_user_is_anonymous(client):
    assert user_of(asked(client)).is_anonymous
