"""Changes of one room in its row of the list: the menu, and the form for capacity and times."""

import pytest
from django.urls import reverse

from access.staff.limits import StaffLimit
from rooms.display.periods import DASH
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.history_pages import change
from tests.support.html import log_in
from tests.support.room_list_page import cell, text
from tests.support.room_page import page_of
from tests.support.time_inputs import utc

pytestmark = pytest.mark.django_db
MAY_CHANGE = ("rooms.view_room", "rooms.change_room")


def in_list(query="?search=ward"):
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver/{query}"}


@pytest.fixture
def room():
    return RoomFactory(name="ward", join_from=utc(2030, 6, 1, 9), join_until=utc(2030, 6, 1, 11))


def row_of(room):
    return reverse("room-row", args=[room.pk])


def sent(room, **typed):
    times = {"join_from": "2030-06-01T09:00:00", "join_until": "2030-06-01T11:00:00"}
    fields = {"max_members": "20", **times, "remove_at": ""}
    return {"version": room.version, "zone": "UTC", **fields, **typed}


def save(client, room, query="?search=ward", **typed):
    return client.post(row_of(room), sent(room, **typed), headers=in_list(query))


def kept(room):
    room.refresh_from_db()
    return (room.version, room.max_members, room.join_until)


UNCHANGED = (1, 20, utc(2030, 6, 1, 11))


def test_row_becomes_a_form_and_then_shows_the_new_values(client, room):
    log_in(client, *MAY_CHANGE)

    form = client.get(row_of(room), headers=in_list()).content.decode()
    saved = save(client, room, max_members="30", join_until="2030-06-01T12:00:00")

    assert f'<form id="edit-{room.pk}"' in form
    assert 'value="2030-06-01T11:00:00"' in form
    assert kept(room) == (2, 30, utc(2030, 6, 1, 12))
    assert saved.content.decode().strip().startswith(f'<tr id="row-{room.pk}" data-row>')
    assert f"Sat 1 Jun 2030 09:00 {DASH} 12:00 30" in text(saved)
    assert "Saved. Capacity: 30 (was 20), Closes: Sat 1 Jun 2030 12:00 (was" in text(saved)
    assert f'action="{reverse("room-undo", args=[room.pk])}"' in saved.content.decode()


def test_undo_leads_back_to_the_list(client, room):
    log_in(client, *MAY_CHANGE)
    save(client, room, max_members="30")

    for redo in ("", "1"):
        offered = client.session["undo"]
        undone = client.post(offered["action"], {"version": offered["version"], "redo": redo})
        assert undone.headers["Location"] == "/?search=ward"
    assert kept(room)[1] == 30


def test_row_has_the_columns_of_its_list(client, room):
    log_in(client)
    ProjectFactory(name="Another")

    usual = text(save(client, room, max_members="30"))
    room.refresh_from_db()
    narrow = save(client, room, query="?columns=capacity", max_members="31")
    other = client.post(
        row_of(room), sent(room, version="3"), headers={**in_list(), "HX-Current-URL": "no address"}
    )

    assert room.project.name in usual
    assert room.project.name not in text(narrow)
    assert '<td class="when"' not in narrow.content.decode()
    assert other.status_code == 200
    assert client.session["undo"]["back"] == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"max_members": "900"}, "Enter a number from 1 to 300."),
        ({"join_until": "2030-06-01T08:00:00"}, "must be after Opens (Sat 1 Jun 2030 09:00)."),
        ({"zone": "Europe/Berlin", "join_until": "2031-03-30T02:30:00"}, "does not exist in"),
    ],
)
def test_error_is_shown_in_the_row_and_nothing_changes(client, room, typed, words):
    log_in(client, *MAY_CHANGE)

    response = save(client, room, **typed)

    assert response.status_code == 422
    assert words in text(response)
    assert "data-editing" in response.content.decode()
    assert "<form" not in response.content.decode()
    assert kept(room) == UNCHANGED


def test_conflict_is_left_to_the_page_of_the_room(client, room):
    log_in(client, *MAY_CHANGE)
    data = sent(room, max_members="30")
    change(room, max_members=40)

    refused = client.post(row_of(room), data, headers=in_list())
    page = client.post(page_of(room), data)

    assert (refused.status_code, refused.content) == (409, b"")
    assert page.status_code == 409
    assert 'name="yours_max_members" value="30"' in page.content.decode()
    assert kept(room)[:2] == (2, 40)


@pytest.mark.parametrize(
    "typed",
    [
        {"zone": "Europe/Berlin", "join_until": "2030-10-27T02:30:00"},
        {"zone": "Mars/Olympus", "max_members": "30"},
        {"version": "x", "max_members": "30"},
    ],
)
def test_error_that_the_row_cannot_show_is_left_to_the_page(client, room, typed):
    log_in(client, *MAY_CHANGE)

    assert save(client, room, **typed).status_code == 409
    assert kept(room) == UNCHANGED


def test_times_that_occur_twice_open_the_page(client):
    log_in(client, *MAY_CHANGE)
    client.cookies["zone"] = "Europe/Berlin"
    room = RoomFactory(join_from=utc(2030, 10, 27, 0, 30))

    assert client.get(row_of(room), headers=in_list()).headers["HX-Redirect"] == page_of(room)
    assert client.get(row_of(room)).headers["Location"] == page_of(room)


def test_row_form_needs_the_permission_and_the_project(client, room):
    log_in(client, "rooms.view_room")
    page = client.get("/").content.decode()
    assert 'id="row-forms"' not in page
    assert f'href="/rooms/{room.pk}/actions"' in page
    assert save(client, room, max_members="30").status_code == 403
    user = log_in(client, *MAY_CHANGE)
    assert 'id="row-forms"' in client.get("/").content.decode()
    StaffLimit.objects.create(user=user)
    assert save(client, room, max_members="30").status_code == 404
    assert client.get(row_of(room), headers=in_list()).status_code == 404
    assert kept(room) == UNCHANGED


def test_action_of_the_menu_returns_the_row(client, room):
    log_in(client, *MAY_CHANGE)
    url = reverse("room-actions", args=[room.pk])
    menu = client.get(url, headers=in_list()).content.decode()

    response = client.post(url, {"do": "extend", "version": "1"}, headers=in_list())

    assert f'hx-post="{url}"' in menu
    assert f"09:00 {DASH} 11:30" in text(response)
    assert "Saved. Closes: " in text(response)
    assert cell(response, room, "now") == "Scheduled"
    assert kept(room)[2] == utc(2030, 6, 1, 11, 30)


def test_change_of_a_live_room_says_that_its_session_keeps_its_settings(client, room):
    log_in(client)
    session = SessionFactory(room=room)

    saved = save(client, room, max_members="30")

    assert "The live session keeps its settings" in text(saved)
    assert f'<a href="/sessions/{session.pk}/apply">Apply to live session</a>' in (
        saved.content.decode()
    )
