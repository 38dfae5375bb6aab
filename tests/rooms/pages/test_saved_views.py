"""Saved views of the room list: save, open, rename, share, delete, and privacy."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission

from access.models import StaffLimit
from rooms.models import SavedView
from rooms.models.saved_view import MOST_VIEWS
from tests.factories import ProjectFactory, StaffFactory
from tests.support.html import log_in, messages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    return log_in(client, "rooms.view_room")


def saved(user, name="Large", query="quality=1080p", project=None):
    return SavedView(user=user, name=name, query=query, project=project).keep()


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


# --- Views that are shared with a project.


@pytest.fixture
def anna():
    return StaffFactory(username="anna")


@pytest.fixture
def sharer(client):
    """Signed-in staff who may change rooms of `own` only."""
    own = ProjectFactory(name="Own clinic")
    user = log_in(client, "rooms.view_room", "rooms.change_room")
    StaffLimit.objects.create(user=user).projects.add(own)
    user.own = own
    return user


def names_in(page):
    return re.findall(r'<bdi class="clip">([^<]*)</bdi>', page.content.decode())


def test_shared_view_is_seen_by_staff_of_its_project_only(client, sharer, anna):
    other = ProjectFactory()
    saved(anna, name="Ours", project=sharer.own)
    saved(anna, name="Secret", project=other, query="quality=720p")

    for url in ("/", "/week"):
        assert names_in(client.get(url)) == ["All rooms", "Ours"]
    client.force_login(StaffFactory())
    for url in ("/", "/week"):
        assert names_in(client.get(url)) == ["All rooms", "Ours", "Secret"]


def test_view_is_shared_when_it_is_saved_and_later(client, sharer):
    sent = {"name": "Evening", "query": "search=eve"}
    form = client.get("/?search=eve").content.decode()
    assert f'<option value="{sharer.own.pk}">Own clinic</option>' in form

    client.post("/views", {**sent, "project": str(sharer.own.pk)})
    view = SavedView.objects.get()
    assert view.project == sharer.own
    assert 'title="Shared with Own clinic"' in client.get("/").content.decode()
    response = client.post(f"/views/{view.pk}/rename", {"name": "Late", "project": ""})
    assert messages_of(response)[-1] == "View “Late” is no longer shared."
    again = {"name": "Late", "project": str(sharer.own.pk)}
    response = client.post(f"/views/{view.pk}/rename", again)

    view.refresh_from_db()
    assert (view.name, view.project) == ("Late", sharer.own)
    assert messages_of(response)[-1] == "View “Late” is shared with Own clinic."


def test_view_is_shared_only_with_a_project_whose_rooms_the_user_may_change(client, sharer):
    mine = saved(sharer, name="Mine", query="search=mine")
    others = [str(ProjectFactory().pk), "x", str(uuid4())]

    for project in others:
        for path, query in (("/views", "search=new"), (f"/views/{mine.pk}/rename", "")):
            page = client.post(path, {"name": "New", "query": query, "project": project})
            assert page.status_code == 422, (path, project)
            assert "You can&#x27;t share a view with this project." in page.content.decode()
    sharer.user_permissions.set(Permission.objects.filter(codename="view_room"))
    own = {"name": "New", "query": "search=new", "project": str(sharer.own.pk)}
    assert client.post("/views", own).status_code == 422

    assert [(view.name, view.project) for view in SavedView.objects.all()] == [("Mine", None)]
    assert '<select name="project">' not in client.get("/?search=eve").content.decode()


def test_views_with_one_name_differ_by_their_owner(client, sharer, anna):
    saved(sharer, name="Evening", query="search=a")
    saved(anna, name="evening", query="search=b", project=sharer.own)
    saved(anna, name="Night", query="search=c", project=sharer.own)

    for url in ("/", "/week"):
        page = client.get(url)
        assert names_in(page) == ["All rooms", "Evening", "evening (shared by anna)", "Night"]
        assert 'title="Shared with Own clinic by anna"' in page.content.decode()


def test_shared_view_is_edited_by_its_owner_and_superusers_only(client, sharer, anna):
    theirs = saved(anna, name="Theirs", project=sharer.own)

    page = client.get("/?quality=1080p").content.decode()
    for act in ("rename", "delete"):
        assert client.post(f"/views/{theirs.pk}/{act}", {"name": "Mine"}).status_code == 404
    assert "Edit this view" not in page
    assert "Save this view" in page
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"

    log_in(client)
    assert "Delete this view for everyone" in client.get("/?quality=1080p").content.decode()
    client.post(f"/views/{theirs.pk}/rename", {"name": "Renamed"})
    theirs.refresh_from_db()
    assert (theirs.name, theirs.user, theirs.project) == ("Renamed", anna, sharer.own)
    client.post(f"/views/{theirs.pk}/delete")
    assert not SavedView.objects.exists()


def test_owner_without_access_keeps_the_view_and_reads_no_name_of_the_project(client, sharer):
    secret = ProjectFactory(name="Zebra clinic")
    view = saved(sharer, project=secret)

    page = client.get("/?quality=1080p").content.decode()
    client.post(f"/views/{view.pk}/rename", {"name": "Mine", "project": str(secret.pk)})

    assert "Zebra" not in page
    assert f'<option value="{secret.pk}" selected>another project</option>' in page
    view.refresh_from_db()
    assert (view.name, view.project) == ("Mine", secret)


def test_view_becomes_private_when_its_project_is_deleted(sharer):
    view = saved(sharer, project=sharer.own)

    sharer.own.delete()

    view.refresh_from_db()
    assert view.project is None
