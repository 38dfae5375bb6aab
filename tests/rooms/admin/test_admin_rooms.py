import re
from datetime import UTC, datetime

import pytest
import requests
from django.urls import reverse

from rooms.admin.forms import AdminRoomForm, ChangeRefused
from rooms.changes import change_room
from rooms.models import Room, RoomStatus
from rooms.models.history import RoomChange
from rooms.rules.json_values import serialized
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import nothing_changes
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db

LIST = "/admin/rooms/room/"


def page_of(room, page="change"):
    return reverse(f"admin:rooms_room_{page}", args=[room.pk])


def save(client, room, **typed):
    """Open the room's page, fill in values and save; a field with None is not sent."""
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def errors_of(response):
    return response.context["adminform"].form.errors


def assert_unchanged(room):
    stored = Room.objects.filter(pk=room.pk).values().get()
    assert stored == {name: getattr(room, name) for name in stored}
    assert RoomChange.objects.filter(room_id=room.pk).count() == room.version


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
    with django_assert_num_queries(5) as few:
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


# --- form


def test_form_writes_only_changed_fields(client):
    user = log_in(client)
    room = RoomFactory(description="one\r\ntwo", meta={"b": 1, "a": [1.5, None]}, scheduled=True)

    response = save(client, room, max_members="30")

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"max_members": [20, 30]}
    assert (change.author_kind, change.author_id, change.author_name) == (
        "user",
        str(user.pk),
        user.username,
    )
    assert (change.door, change.request_id) == ("admin", response.headers["X-Request-Id"])


def test_unchanged_form_writes_nothing(client):
    log_in(client)
    room = RoomFactory(
        description="one\r\ntwo\n\nthree",
        display_name="  Ünï 🐻 ",
        meta={"b": 1, "a": {"c": True}},
        scheduled=True,
        record_on_start=True,
        remove_after_seconds_elapsed=60,
    )

    assert save(client, room).status_code == 302

    assert_unchanged(room)


def test_missing_field_is_not_changed(client):
    log_in(client)
    room = RoomFactory(description="kept", scheduled=True, meta={"a": 1})

    response = client.post(page_of(room), {"version": 1, "max_members": 7})

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"max_members": [20, 7]}


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("display_name", "Ward 3", "Ward 3"),
        ("display_name", "", "room"),
        ("description", "one\r\ntwo", "one\ntwo"),
        ("description", "", None),
        ("quality", "1080p", "1080p"),
        ("layout", "10x10", "10x10"),
        ("join_from", "2030-01-02T03:04", datetime(2030, 1, 2, 3, 4, tzinfo=UTC)),
        ("join_from", "2030-01-02T03:04:05", datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("join_from", "2030-01-02T03:04:05+02:00", datetime(2030, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("join_until", "", None),
        ("remove_after_seconds_elapsed", "90", 90),
        ("record_on_start", "on", True),
        ("enable_room_previews", None, False),
        ("meta", '{"c": 1.5}', {"c": 1.5}),
        ("meta", "", {}),
    ],
)
def test_form_reads_the_input_of_a_browser(client, name, typed, stored):
    log_in(client)
    room = RoomFactory(
        name="room",
        display_name="Before",
        description="before",
        closed=True,
        enable_room_previews=True,
        meta={"a": 1, "b": 1},
    )
    if name == "join_from":
        change_room(Room.objects, room.pk, {"join_until": None}, by=TESTS)

    response = save(client, room, **{name: typed})

    assert response.status_code == 302, errors_of(response)
    room.refresh_from_db()
    assert getattr(room, name) == stored


@pytest.mark.parametrize("typed", ['{"b":1,"a":1}', '{"a":true,"b":1}'])
def test_meta_that_is_equal_in_python_only_is_a_change(client, typed):
    log_in(client)
    room = RoomFactory(meta={"a": 1, "b": 1})

    save(client, room, meta=typed)

    room.refresh_from_db()
    assert serialized(room.meta) == typed


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("max_members", "301", "max_members must be a whole number from 1 to 300, not 301."),
        ("max_members", "x", 'max_members must be a whole number from 1 to 300, not "x".'),
        ("max_members", "", "max_members must be a whole number from 1 to 300, not null."),
        ("quality", "4k", 'quality must be one of 720p, 1080p, not "4k".'),
        (
            "join_from",
            "2030-02-30T00:00",
            'join_from must be a timestamp such as 2025-06-13T20:34:03Z, not "2030-02-30T00:00".',
        ),
        (
            "join_until",
            "2020-01-01T00:00",
            "join_until must be after join_from: "
            "2020-01-01T00:00:00Z is not after 2030-01-01T00:00:00Z.",
        ),
        (
            "remove_after_seconds_elapsed",
            "0",
            "remove_after_seconds_elapsed must be a whole number from 1 to 2147483647, not 0.",
        ),
        ("display_name", "a\0b", 'not "a\\u0000b".'),
        ("meta", '{"a": 1, "a": 2}', "This is not valid JSON: it has a duplicate key."),
        ("meta", '{"a": NaN}', "This is not valid JSON: NaN is not a JSON number."),
        ("meta", "[1]", "not [1]."),
    ],
)
def test_form_refuses_with_the_message_of_the_model(client, name, typed, message):
    log_in(client)
    room = RoomFactory(join_from=datetime(2030, 1, 1, tzinfo=UTC))

    response = save(client, room, **{name: typed})

    assert response.status_code == 200
    assert list(errors_of(response)) == [name]
    assert errors_of(response)[name][-1].endswith(message)
    assert_unchanged(room)


def test_form_reports_all_errors_and_keeps_the_input(client):
    log_in(client)
    room = RoomFactory()
    typed = {
        "display_name": "x" * 201,
        "max_members": "0",
        "meta": "{",
        "description": "kept",
        "join_until": "2030-01-01T00:00:00",
    }

    response = save(client, room, **typed)

    assert set(errors_of(response)) == {"display_name", "max_members", "meta"}
    shown = fields_of(response)
    assert {name: shown[name] for name in typed} == typed
    assert_unchanged(room)


def test_form_limits_come_from_the_rules(client):
    log_in(client)
    page = client.get(page_of(RoomFactory())).content.decode()

    tag = re.search(r'<input[^>]*name="max_members"[^>]*>', page)[0]
    assert 'min="1"' in tag
    assert 'max="300"' in tag
    assert "required" in tag
    assert 'maxlength="200"' in re.search(r'<input[^>]*name="display_name"[^>]*>', page)[0]
    assert 'maxlength="3000"' in re.search(r'<textarea[^>]*name="description"[^>]*>', page)[0]
    assert page.count('type="datetime-local"') == 3


# --- concurrent_edits


def bound_form(room, **typed):
    form = type("Form", (AdminRoomForm,), {"author": TESTS})
    return form({"version": room.version, **typed}, instance=Room.objects.get(pk=room.pk))


def test_validation_of_the_form_writes_nothing(client):
    room = RoomFactory()
    form = bound_form(room, max_members="30")

    with nothing_changes():
        assert form.is_valid()
        assert form.save().max_members == 30

    assert form.write().pk == room.pk
    room.refresh_from_db()
    assert (room.version, room.max_members) == (2, 30)


def test_change_between_validation_and_write_is_refused(client):
    room = RoomFactory()
    form = bound_form(room, max_members="30")
    assert form.is_valid()
    change_room(Room.objects, room.pk, {"max_members": 40}, by=TESTS)

    with nothing_changes(), pytest.raises(ChangeRefused):
        form.write()

    assert form.errors["max_members"] == ["Another user set this to 40."]


def test_concurrent_saves_of_one_form_change_the_room_once(client, greenroom):
    log_in(client)
    room = RoomFactory()
    cookies = {"sessionid": client.cookies["sessionid"].value}

    def press_save(number):
        with requests.Session() as browser:
            browser.cookies.update(cookies)
            page = browser.get(greenroom.url + page_of(room), timeout=60)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {"version": 1, "max_members": 30 + number, "csrfmiddlewaretoken": token}
            url = greenroom.url + page_of(room)
            answer = browser.post(url, form, allow_redirects=False, timeout=60)
            return answer.status_code, "Another user set this to" in answer.text

    answers = all_at_once(press_save, count=4)

    assert sorted(answers) == [(200, True)] * 3 + [(302, False)]
    room.refresh_from_db()
    assert room.version == 2
    assert RoomChange.objects.filter(room_id=room.pk).count() == 2


def test_stale_form_shows_the_differences_and_writes_nothing(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    values = {"max_members": 30, "record_on_start": True}
    change_room(Room.objects, room.pk, values, by=TESTS)

    response = client.post(page_of(room), {**sent, "description": "mine", "max_members": "40"})

    errors = errors_of(response)
    assert "(Capacity, Record on start)" in errors["__all__"][0]
    assert errors["max_members"] == ["Another user set this to 30."]
    assert errors["record_on_start"] == ["Another user set this to true."]
    shown = fields_of(response)
    assert (shown["description"], shown["max_members"]) == ("mine", "40")
    # The user did not edit this field; it shows the current value, so saving again keeps that.
    assert shown["record_on_start"] == "on"
    room.refresh_from_db()
    assert (room.version, room.max_members, room.description) == (2, 30, None)


def test_stale_form_saved_again_changes_only_the_users_fields(client):
    log_in(client)
    room = RoomFactory(record_on_start=True, description="before")
    sent = fields_of(client.get(page_of(room)))
    theirs = {"max_members": 30, "record_on_start": False, "description": None, "meta": {"a": 1}}
    change_room(Room.objects, room.pk, theirs, by=TESTS)

    refused = client.post(page_of(room), {**sent, "layout": "5up"})
    response = client.post(page_of(room), fields_of(refused))

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=3)
    assert change.changes == {"layout": ["grid-responsive", "5up"]}


@pytest.mark.parametrize("version", ["", "x", "0", "99", str(2**40)])
def test_form_without_a_version_is_refused(client, version):
    log_in(client)
    room = RoomFactory()

    response = save(client, room, version=version, max_members="30")

    assert response.status_code == 200
    assert errors_of(response)
    assert_unchanged(room)


def test_room_deleted_since_is_not_found(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    client.post(page_of(room, "delete"), {"post": "yes"})

    response = client.post(page_of(room), {**sent, "max_members": "30"})

    assert response.status_code == 302
    assert not Room.objects.exists()


# --- new room


def test_add_page_creates_a_room(client):
    log_in(client)
    project = ProjectFactory()
    sent = fields_of(client.get(f"{LIST}add/"))

    response = client.post(
        f"{LIST}add/", {**sent, "name": "ward-3", "project": project.pk, "max_members": "5"}
    )

    assert response.status_code == 302
    room = Room.objects.get()
    assert (room.name, room.display_name, room.project) == ("ward-3", "ward-3", project)
    assert (room.max_members, room.quality, room.meta) == (5, "720p", {})
    assert (sent["max_members"], sent["quality"]) == ("20", "720p")
    change = RoomChange.objects.get()
    assert (change.action, change.door) == ("created", "admin")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "name is required."),
        ("taken", 'name must be unique in its project: there is a room "taken" already.'),
        ("a b", 'name must be 1 to 100 of the characters A-Z a-z 0-9 _ -, not "a b".'),
        ("a\0b", 'name must be 1 to 100 of the characters A-Z a-z 0-9 _ -, not "a\\u0000b".'),
    ],
)
def test_add_page_refuses_an_invalid_name(client, name, message):
    log_in(client)
    taken = RoomFactory(name="taken")

    response = client.post(f"{LIST}add/", {"name": name, "project": taken.project_id})

    assert errors_of(response)["name"] == [message]
    assert Room.objects.get() == taken


# --- deletion


def test_delete_keeps_sessions_and_history(client):
    log_in(client)
    session = SessionFactory(ended=True)

    response = client.post(page_of(session.room, "delete"), {"post": "yes"})

    assert response.status_code == 302
    assert not Room.objects.exists()
    session.refresh_from_db()
    assert session.room is None
    change = RoomChange.objects.first()
    assert (change.action, change.door) == ("deleted", "admin")


def test_live_room_cannot_be_deleted(client):
    log_in(client)
    room = SessionFactory().room

    response = client.post(page_of(room, "delete"), {"post": "yes"})

    assert response.headers["Location"] == page_of(room)
    assert messages_of(response) == ["The room was not deleted. End its session first."]
    assert_unchanged(room)


# --- history


def test_history_shows_each_field_before_and_after(client):
    log_in(client)
    room = RoomFactory(max_members=11)
    values = {"max_members": 12, "meta": {"a": True}}
    change_room(Room.objects, room.pk, values, by=TESTS)

    page = client.get(page_of(room, "history"))

    newest, oldest = page.context["page"]
    assert newest.rows == [("max_members", "11", "12"), ("meta", "{}", '{"a": true}')]
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
