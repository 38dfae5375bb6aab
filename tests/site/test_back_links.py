"""Links back to a list: its search, order and page, without JavaScript."""

import re

import pytest
from django.urls import reverse

from access.staff.back_links import LONGEST
from tests.factories import RoomFactory, SessionFactory, StaffFactory
from tests.support.html import log_in
from tests.support.page_catalogue import address, one_of_everything, pages

pytestmark = pytest.mark.django_db
LIST = "/?search=zebra&ordering=-name"
WEEK = "/week?search=zebra&day=2026-12-07&span=month"
LISTS = ("home", "week", "session-list", "recording-list")
SESSIONS = "/sessions?name=zebra&since=2026-01-01"
RECORDINGS = "/recordings"


@pytest.fixture
def rows(client):
    person = log_in(client)
    return one_of_everything("zebra", owner=person)


def links_back(page):
    found = re.findall(r'<a [^>]*href="([^"]*)" data-back=', page.content.decode())
    return {url.replace("&amp;", "&") for url in found}


def page_of(rows):
    return reverse("room-page", args=[rows["room"].pk])


def back_from(client, url):
    return links_back(client.get(url))


def test_every_page_with_a_back_link_leads_to_the_last_list(client, rows):
    client.get(SESSIONS)
    client.get(LIST)
    found = {}
    for page in pages():
        if page[0].startswith("admin:") or page[0] in LISTS:
            continue
        answer = client.get(address(page, rows))
        if not answer.streaming and (urls := links_back(answer)):
            found[page[0]] = urls

    about_sessions = {"session-page", "end-session", "apply-to-session", "remove-member"}
    assert {name for name, urls in found.items() if urls == {SESSIONS}} == about_sessions
    assert {name for name, urls in found.items() if urls == {RECORDINGS}} == {"recording-page"}
    others = found.keys() - about_sessions - {"recording-page"}
    assert {name for name, urls in found.items() if urls == {LIST}} == others
    assert {"room-page", "delete-room", "room-page-history", "revert-page", "job", "job-list"} < (
        found.keys()
    )
    assert back_from(client, f"/bulk?ids={rows['room'].pk}") == {LIST}
    assert back_from(client, "/import") == {LIST}


def test_last_of_list_and_week_is_the_way_back(client, rows):
    room, session = page_of(rows), f"/sessions/{rows['session'].pk}"
    assert back_from(client, room) == {"/"}
    assert back_from(client, session) == {"/sessions"}
    client.get(LIST)
    client.get(WEEK)

    assert back_from(client, room) == back_from(client, session) == {WEEK}
    assert "Back to the week" in client.get(room).content.decode()
    client.get(SESSIONS)
    assert back_from(client, session) == {SESSIONS}
    assert back_from(client, room) == {WEEK}


def test_deleted_room_leads_to_the_list(client, rows):
    room = RoomFactory(project=rows["project"])
    client.get(LIST)

    response = client.post(reverse("delete-room", args=[room.pk]), {"version": room.version})

    assert response.headers["Location"] == LIST


@pytest.mark.parametrize(
    "written",
    [
        "//evil.example/",
        "https://evil.example/",
        "/admin/",
        "/rooms/new",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/?next=//evil.example",
        "",
    ],
)
def test_cookie_leads_to_no_other_page(client, rows, written):
    client.cookies["lists"] = f"{rows['person'].pk}|{written}"

    assert back_from(client, page_of(rows)) == {"/"}


def test_lists_of_another_user_are_not_shown(client, rows):
    client.get(LIST)
    client.force_login(StaffFactory())

    assert back_from(client, page_of(rows)) == {"/"}


def test_signing_out_forgets_the_lists(client, rows):
    client.get(LIST)

    assert client.post("/sign-out").cookies["lists"]["max-age"] == 0


def test_cookie_is_written_only_for_another_valid_list_and_stays_short(client, rows):
    assert "lists" in client.get(LIST).cookies
    assert "lists" not in client.get(LIST).cookies
    assert "lists" not in client.get("/?quality=4k").cookies

    for url in (f"/?search={'ä' * 200}", f"/week?search={'ä' * 80}", f"/sessions?name={'ä' * 80}"):
        client.get(url)

    assert len(client.cookies["lists"].value) <= LONGEST
    assert back_from(client, f"/sessions/{SessionFactory().pk}") == {
        f"/sessions?name={'%C3%A4' * 80}"
    }
