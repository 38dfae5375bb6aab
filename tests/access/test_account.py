import re

import pytest
from django.urls import reverse

from tests.factories import StaffFactory
from tests.support.html import log_in, messages_of

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in"


@pytest.fixture
def person():
    user = StaffFactory()
    user.set_password("open sesame, please")
    user.save()
    return user


def typed(person, **changed):
    return {"username": person.username, "password": "open sesame, please", **changed}


def test_staff_sign_in_and_continue_to_the_requested_page(client, person):
    response = client.post(SIGN_IN, typed(person, next="/admin/rooms/room/"))

    assert response.headers["Location"] == "/admin/rooms/room/"
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    "changed",
    [{"password": "wrong"}, {"username": "nobody"}, {"username": "a\0b"}, {"password": "a\0b"}, {}],
)
def test_other_users_cannot_sign_in(client, person, changed):
    if not changed:
        person.is_staff = False
        person.save()

    response = client.post(SIGN_IN, typed(person, **changed))

    assert response.status_code == 200
    assert b'role="alert"' in response.content or b'class="errors"' in response.content
    assert "_auth_user_id" not in client.session


def test_redirect_after_sign_in_stays_on_this_host(client, person):
    response = client.post(SIGN_IN, typed(person, next="https://elsewhere.example/"))

    assert response.headers["Location"] == "/"


def test_admin_uses_the_same_sign_in_page(client):
    assert "account/sign_in.html" in [t.name for t in client.get("/admin/login/").templates]


def test_page_names_the_signed_in_user_when_permission_is_missing(client):
    person = log_in(client, "rooms.view_room")

    page = client.get(SIGN_IN).content.decode()

    assert f"You are signed in as {person.username}" in page


def test_signing_out_ends_the_session(client):
    log_in(client)

    response = client.post(reverse("sign-out"))

    assert response.headers["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_password_change_needs_the_old_password(client, person):
    client.force_login(person)
    new = {"new_password1": "another one, longer", "new_password2": "another one, longer"}

    wrong = client.post(reverse("password"), {"old_password": "wrong", **new})
    person.refresh_from_db()
    assert wrong.status_code == 200
    assert person.check_password("open sesame, please")

    right = client.post(reverse("password"), {"old_password": "open sesame, please", **new})
    person.refresh_from_db()
    assert person.check_password("another one, longer")
    assert messages_of(right) == ["Password changed."]
    assert client.get(reverse("password")).status_code == 200


def test_password_has_the_focus_after_a_wrong_one(client, person):
    first = inputs(client.get(SIGN_IN))
    again = inputs(client.post(SIGN_IN, typed(person, password="wrong")))
    empty = inputs(client.post(SIGN_IN, typed(person, username="")))

    assert [one for one in ("username", "password") if "autofocus" in first[one]] == ["username"]
    assert [one for one in ("username", "password") if "autofocus" in again[one]] == ["password"]
    assert [one for one in ("username", "password") if "autofocus" in empty[one]] == ["username"]
    assert f'value="{person.username}"' in again["username"]
    assert "value=" not in again["password"]
    assert 'autocomplete="username"' in first["username"]
    assert 'autocomplete="current-password"' in first["password"]


def inputs(response):
    """Return the inputs of a page by name."""
    found = re.findall(r"<input[^>]*>", response.content.decode())
    return {name[1]: one for one in found if (name := re.search(r'name="(\w+)"', one))}


def test_sign_in_page_names_the_product_and_says_where_to_get_help(client):
    page = client.get(SIGN_IN).content.decode()

    assert re.search(r'<a class="brand"\s+href="/">.*Greenroom</a>', page, re.DOTALL)
    assert "Forgot your password? Ask your administrator." in page
