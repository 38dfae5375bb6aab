"""The room list: query string and contents."""

import re

import pytest

from access.models import Project, StaffLimit
from tests.factories import ProjectFactory, RoomFactory
from tests.support.html import log_in
from tests.support.room_list_page import links, text

pytestmark = pytest.mark.django_db


def test_rooms_are_listed_from_a_to_z_and_newest_first_by_choice(client, project):
    log_in(client)
    for name in ("attic", "lobby", "barn"):
        RoomFactory(project=project, name=name)

    assert links(client.get("/")) == ["attic", "barn", "lobby"]
    assert links(client.get("/?ordering=-created_at")) == ["barn", "lobby", "attic"]


def test_each_order_has_one_address_and_its_words(client, project):
    log_in(client)
    RoomFactory.create_batch(51, project=project)
    words = {
        "": ("Name, A to Z", "Next"),
        "?ordering=-created_at": ("Newest first", "Older"),
        "?ordering=created_at": ("Oldest first", "Newer"),
        "?ordering=join_from": ("Opens earliest", "Next"),
    }

    for query, (chosen, after) in words.items():
        page = client.get(f"/{query}").content.decode()
        assert re.search(rf"selected>{chosen}<", page)
        assert re.search(rf'rel="next"[^>]*>\s*{after}\s', page)
        assert "ordering=display_name" not in page


def test_query_string_filters_and_sorts(client, project):
    log_in(client)
    for name, size in (("lobby", 3), ("attic", 9), ("lobster", 5)):
        RoomFactory(project=project, name=name, max_members=size)

    assert links(client.get("/?search=LOB&ordering=-max_members")) == ["lobster", "lobby"]


def test_each_filter_has_a_chip_that_removes_it(client, project):
    log_in(client)
    RoomFactory(project=project, quality="1080p")

    page = client.get("/?quality=1080p&live=false&ordering=name")

    assert "1080p" in text(page)
    assert 'href="/?live=false&amp;ordering=name"' in page.content.decode()
    assert 'href="/?quality=1080p&amp;ordering=name"' in page.content.decode()
    assert 'href="/?ordering=name"' in page.content.decode()


def test_sorted_column_is_marked_and_its_head_reverses_the_order(client, project):
    log_in(client)
    RoomFactory(project=project)

    page = client.get("/?ordering=max_members&status=open").content.decode()

    assert page.count("aria-sort=") == 1
    assert 'href="/?status=open&amp;ordering=-max_members"' in page
    assert re.search(r'capacity" aria-sort="ascending"', page)


def test_blank_form_fields_are_left_out_of_the_url(client, project):
    log_in(client)

    response = client.get("/?search=&quality=1080p&layout=&ordering=")

    assert (response.status_code, response.headers["Location"]) == (302, "/?quality=1080p")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("status=gone", "status must be one of scheduled, open, full, closed"),
        ("project=nowhere", "project must be the id of a project"),
        ("layout=12x12", "layout must be one of"),
        (f"search={'x' * 201}", "search must have at most 200 characters"),
        ("page=PAnonsense", "This page does not exist"),
        ("ordering=name&page=PA01a20c3a-9e45-7273-ac5b-34bd10858f47", "This page does not exist"),
        (
            "ordering=join_from&page=PA01a20c3a-9e45-7273-ac5b-34bd10858f47.eA",
            "page does not exist",
        ),
    ],
)
def test_invalid_parameter_is_reported_and_the_others_apply(client, room, query, words):
    log_in(client)

    page = client.get(f"/?quality=720p&{query}")

    assert page.status_code == 422
    assert words in text(page)
    assert links(page) == [room.display_name]


def test_page_links_keep_the_filters_and_lead_back(client, project):
    log_in(client)
    names = [f"room-{number:03}" for number in range(120)]
    for name in names:
        RoomFactory(project=project, name=name)
    RoomFactory(project=project, name="other")
    hrefs = {}

    def follow(url):
        page = client.get(url)
        hrefs.update(
            (rel, href.replace("&amp;", "&"))
            for rel, href in re.findall(r'rel="(\w+)" href="([^"]*)"', page.content.decode())
        )
        return links(page)

    first = follow("/?search=room-")
    second = follow(hrefs.pop("next"))
    third = follow(hrefs.pop("next"))

    assert first + second + third == names
    assert "next" not in hrefs
    assert follow(hrefs["prev"]) == second


def test_page_without_rooms_links_to_the_first_page(client, room):
    log_in(client)

    page = client.get(f"/?ordering=-created_at&page=PA{room.pk}")

    assert page.status_code == 200
    assert "No rooms left on this page" in text(page)


def test_no_match_and_no_rooms_have_different_messages(client, project):
    log_in(client)

    assert "No rooms yet" in text(client.get("/"))
    assert "No rooms found" in text(client.get("/?search=x"))

    Project.objects.all().delete()
    assert "You don't have access to a project yet" in text(client.get("/"))


def test_project_is_shown_if_there_are_several(client):
    log_in(client)
    ours, theirs = ProjectFactory(name="Ours"), ProjectFactory(name="Theirs")
    RoomFactory(project=ours)
    RoomFactory(project=theirs)

    assert 'class="project"' in client.get("/").content.decode()
    assert 'class="project"' not in client.get(f"/?project={ours.pk}").content.decode()


def test_limited_staff_see_only_their_projects(client):
    seen, unseen = RoomFactory(name="seen"), RoomFactory(name="unseen")
    user = log_in(client, "rooms.view_room")
    StaffLimit.objects.create(user=user).projects.set([seen.project])

    page = client.get("/")

    assert links(page) == ["seen"]
    assert unseen.project.name not in text(page)
    assert links(client.get(f"/?project={unseen.project_id}")) == []
    live = client.get(f"/rooms/live?ids={seen.pk},{unseen.pk}").content.decode()
    assert str(seen.pk) in live
    assert str(unseen.pk) not in live


def test_list_needs_the_view_permission(client, room):
    log_in(client, "rooms.add_room")

    for url in ("/", f"/rooms/live?ids={room.pk}"):
        assert client.get(url).status_code == 403

    client.logout()
    assert client.get("/").headers["Location"].startswith("/sign-in")


def test_buttons_need_their_permissions(client, room):
    log_in(client, "rooms.view_room")
    page = client.get("/").content.decode()
    assert "/rooms/new" not in page
    assert 'name="ids"' not in page

    log_in(client)
    assert "/rooms/new" in client.get("/").content.decode()


def test_names_are_shown_as_text(client, project):
    log_in(client)
    RoomFactory(project=project, name="x", display_name="<script>alert(1)</script>")

    page = client.get("/?search=%3Cscript%3E").content.decode()

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 1
