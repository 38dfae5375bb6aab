import re

import pytest

from rooms.changes import change_room
from rooms.models import Room, RoomStatus
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in
from tests.support.room_admin import page_of
from tests.support.room_list import LIST
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


# --- access
@pytest.mark.parametrize("path", [LIST, f"{LIST}add/", "/admin/", "/admin/access/apitoken/"])
def test_anonymous_is_redirected_to_the_login(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/admin/login/?next={path}"


def test_user_who_is_not_staff_is_redirected_to_the_login(client):
    user = log_in(client)
    user.is_staff = False
    user.save()

    assert client.get(LIST).headers["Location"].startswith("/admin/login/")


def test_staff_without_permissions_are_refused(client):
    log_in(client, "room_sessions.view_roomsession")
    room = RoomFactory()

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(room)).status_code == 403
    assert client.get(page_of(room, "history")).status_code == 403


def test_view_permission_does_not_allow_changes(client):
    log_in(client, "rooms.view_room")
    room = RoomFactory(meta={"ward": True})
    page = client.get(page_of(room))

    posted = client.post(page_of(room), {"version": 1, "max_members": 5})
    deleted = client.post(page_of(room, "delete"), {"post": "yes"})
    added = client.post(f"{LIST}add/", {"name": "new", "project": room.project_id})

    assert "max_members" not in fields_of(page)
    assert "{&quot;ward&quot;: true}" not in page.content.decode()
    assert "&quot;ward&quot;: true" in page.content.decode()
    assert {posted.status_code, deleted.status_code, added.status_code} == {403}
    assert Room.objects.get() == room
    assert_unchanged(room)


def test_admin_url_without_slash_is_redirected(client):
    assert client.get("/admin").headers["Location"] == "/admin/"


# --- list
def test_list_shows_status_and_live(client):
    log_in(client)
    RoomFactory(name="later", scheduled=True)
    SessionFactory(room=RoomFactory(name="now", closed=True))

    rows = client.get(LIST).context["cl"].result_list
    page = client.get(LIST).content.decode()

    assert {room.name for room in rows} == {"later", "now"}
    assert [page.count(f"pill-{kind}") for kind in ("scheduled", "closed", "open", "live")] == [
        1,
        1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (f"status={RoomStatus.SCHEDULED}", {"later"}),
        (f"status={RoomStatus.CLOSED}", {"earlier"}),
        (f"status={RoomStatus.OPEN}", {"now"}),
        ("status=nonsense", {"later", "earlier", "now"}),
        ("live=1", {"now"}),
        ("live=0", {"later", "earlier"}),
        ("quality__exact=1080p", {"later"}),
        ("layout__exact=5up", {"earlier"}),
        ("record_on_start__exact=1", {"now"}),
        ("enable_room_previews__exact=1", {"later"}),
        ("q=EARL", {"earlier"}),
        ("q=Noon", {"now"}),
    ],
)
def test_list_is_filtered(client, query, names):
    log_in(client)
    RoomFactory(name="later", scheduled=True, quality="1080p", enable_room_previews=True)
    RoomFactory(name="earlier", closed=True, layout="5up")
    room = RoomFactory(name="now", display_name="High noon", record_on_start=True)
    SessionFactory(room=room)

    rows = client.get(f"{LIST}?{query}").context["cl"].result_list

    assert {room.name for room in rows} == names


def test_number_of_queries_does_not_depend_on_the_number_of_rooms(
    client, django_assert_num_queries
):
    log_in(client)
    project = ProjectFactory()
    RoomFactory.create_batch(5, project=project)
    with django_assert_num_queries(4) as few:
        client.get(LIST)
    for room in RoomFactory.create_batch(45, project=project)[:10]:
        SessionFactory(room=room)

    with django_assert_num_queries(len(few)):
        response = client.get(LIST)

    assert len(response.context["cl"].result_list) == 50


@pytest.mark.parametrize(
    "query", ["q=%00", "quality__exact=%00", "project__id__exact=%00", "p=%00"]
)
def test_nul_in_the_query_string_is_refused(client, query):
    log_in(client)

    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert b"Invalid request" in response.content


# --- history
def test_history_shows_each_field_before_and_after(client):
    log_in(client)
    room = RoomFactory(max_members=11)
    values = {"max_members": 12, "meta": {"a": True}}
    change_room(Room.objects, room.pk, values, by=TESTS)

    page = client.get(page_of(room, "history"))

    newest, oldest = page.context["page"]
    rows = [(row.label, row.before, row.after) for row in newest.rows]
    assert rows == [("Capacity", "11", "12"), ("Meta", "{}", '{"a": true}')]
    assert oldest.action == "created"
    text = page.content.decode()
    assert "by tests" in text
    assert "Command line" in text
    assert "{&quot;a&quot;: true}" in text


def test_history_of_a_deleted_room_is_in_the_list_of_changes(client):
    log_in(client)
    room = RoomFactory(name="gone")
    client.post(page_of(room, "delete"), {"post": "yes"})

    page = client.get("/admin/rooms/roomchange/?q=gone")

    assert [change.action for change in page.context["cl"].result_list] == ["deleted", "created"]
    entry = page.context["cl"].result_list[0]
    assert client.get(f"/admin/rooms/roomchange/{entry.pk}/change/").status_code == 200
    assert client.post(f"/admin/rooms/roomchange/{entry.pk}/delete/").status_code == 403


# --- security
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_pages_have_no_inline_script_or_style(client, page):
    log_in(client)
    response = client.get(page_of(SessionFactory().room, page))

    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    html = response.content.decode()
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style| style=| on\w+=", html
    )


def test_invalid_charset_of_the_login_form_is_refused(client):
    response = client.generic(
        "POST",
        "/admin/login/",
        b"username=x",
        content_type="application/x-www-form-urlencoded; charset=rot13",
    )

    assert response.status_code == 415
