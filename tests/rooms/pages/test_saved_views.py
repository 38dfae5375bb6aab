"""Saved views of the room list: save, open, rename, delete, and privacy."""

import re

import pytest

from rooms.models import SavedView
from rooms.models.saved_view import MOST_VIEWS
from tests.factories import StaffFactory
from tests.support.html import log_in, messages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    return log_in(client, "rooms.view_room")


def saved(user, name="Large", query="quality=1080p"):
    return SavedView(user=user, name=name, query=query).keep()


def current(page):
    return re.findall(r'id="view-(\w+)"[^>]*aria-current="true"', page.content.decode())


def test_view_is_saved_opened_and_marked(client, user):
    sent = {"name": " Large ", "query": "ordering=name&page=x&quality=1080p&layout="}
    response = client.post("/views", sent)

    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (user, "Large", "quality=1080p&ordering=name")
    assert response.headers["Location"] == f"/?{view.query}"
    page = client.get(response.headers["Location"])
    assert current(page) == [str(view.pk)]
    assert messages_of(response) == ["View “Large” saved."]
    assert current(client.get("/")) == ["all"]
    assert current(client.get("/?quality=720p")) == []


def test_order_of_parameters_does_not_make_another_view(client, user):
    view = saved(user, query="quality=1080p&ordering=name")

    assert current(client.get("/?ordering=name&quality=1080p&page=")) == [str(view.pk)]


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "quality=1080p", "name must "),
        ("x" * 61, "quality=1080p", "name must "),
        ("a\tb", "quality=1080p", "name must "),
        ("large", "quality=1080p", "You have a view called “large” already."),
        ("All", "", "Search or filter before you save a view"),
        ("All", "quality=9", "Search or filter before you save a view"),
    ],
)
def test_invalid_view_is_refused_and_the_input_is_kept(client, user, name, query, words):
    saved(user)

    page = client.post("/views", {"name": name, "query": query})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert name.strip() == "" or f'value="{name.strip()}"' in page.content.decode()
    assert SavedView.objects.count() == 1


def test_number_of_views_of_a_user_is_limited(client, user):
    for number in range(MOST_VIEWS):
        saved(user, name=str(number))

    page = client.post("/views", {"name": "one more", "query": "quality=720p"})

    assert page.status_code == 422
    assert f"You have {MOST_VIEWS} views." in page.content.decode()
    assert SavedView.objects.count() == MOST_VIEWS


def test_view_is_renamed(client, user):
    view = saved(user)

    response = client.post(f"/views/{view.pk}/rename", {"name": "LARGE"})

    view.refresh_from_db()
    assert view.name == "LARGE"
    assert response.headers["Location"] == "/?quality=1080p"


def test_taken_name_is_refused(client, user):
    view = saved(user)
    saved(user, name="Small", query="quality=720p")

    page = client.post(f"/views/{view.pk}/rename", {"name": "small"})

    assert page.status_code == 422
    assert "You have a view called “small” already." in page.content.decode()
    assert current(page) == [str(view.pk)]
    view.refresh_from_db()
    assert view.name == "Large"


def test_view_is_deleted_and_the_list_stays_filtered(client, user):
    view = saved(user)

    response = client.post(f"/views/{view.pk}/delete")

    assert response.headers["Location"] == "/?quality=1080p"
    assert not SavedView.objects.exists()


def test_views_of_other_users_are_not_found(client, user):
    theirs = saved(StaffFactory(), name="Theirs")

    assert "Theirs" not in client.get("/").content.decode()
    for act in ("rename", "delete"):
        assert client.post(f"/views/{theirs.pk}/{act}", {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_two_users_may_use_the_same_name(client, user):
    saved(StaffFactory())

    client.post("/views", {"name": "Large", "query": "quality=1080p"})

    assert SavedView.objects.filter(name="Large").count() == 2
