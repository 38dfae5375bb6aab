"""The room page: view, edit, and the messages for a refused change."""

import pytest
from django.urls import reverse

from access.staff.limits import StaffLimit
from rooms.models.history import RoomChange
from tests.factories import MemberFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in, messages_of
from tests.support.room_page import page_of, preview_of, save
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


# --- access
def test_anonymous_is_redirected_to_the_sign_in_page(client):
    room = RoomFactory()

    assert client.get(page_of(room)).headers["Location"].startswith("/sign-in?next=/rooms/")
    assert client.post(preview_of(room)).headers["Location"].startswith("/sign-in?")


def test_room_of_a_hidden_project_is_not_found(client):
    user = log_in(client, "rooms.view_room", "rooms.change_room", "rooms.delete_room")
    StaffLimit.objects.create(user=user)
    room = RoomFactory()

    answers = {
        client.get(page_of(room)).status_code,
        client.post(page_of(room), {"version": 1, "zone": "UTC"}).status_code,
        client.post(preview_of(room)).status_code,
        client.get(reverse("delete-room", args=[room.pk])).status_code,
        client.post(reverse("delete-room", args=[room.pk]), {"version": 1}).status_code,
    }

    assert answers == {404}
    assert_unchanged(room)


def test_page_with_view_permission_only_has_no_save_button(client):
    log_in(client, "rooms.view_room")
    room = RoomFactory(description="for the ward")

    page = client.get(page_of(room))
    saved = client.post(page_of(room), {"version": 1, "zone": "UTC", "max_members": 5})

    text = page.content.decode()
    assert "for the ward" in text
    assert text.count('<fieldset class="sheet group" disabled>') == 5
    assert 'type="submit"' not in text
    assert preview_of(room) not in text
    assert reverse("delete-room", args=[room.pk]) not in text
    assert saved.status_code == client.post(preview_of(room)).status_code == 403
    assert_unchanged(room)


# --- saving
def test_only_changed_fields_are_written(client):
    user = log_in(client)
    room = RoomFactory(description="one\r\ntwo", meta={"b": 1, "a": [1.5, None]}, scheduled=True)

    response = save(client, room, max_members="30", layout="3x3")

    assert response.headers["Location"] == page_of(room)
    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"max_members": [20, 30], "layout": ["grid-responsive", "3x3"]}
    assert (change.channel, change.author_name) == ("form", user.username)
    assert messages_of(response) == ["Saved. Capacity: 30 (was 20), Layout: 3 × 3 (was Grid)."]


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

    response = save(client, room)

    assert messages_of(response) == ["No changes to save."]
    assert_unchanged(room)


def test_every_error_is_shown_at_its_field_and_in_the_summary(client):
    log_in(client)
    room = RoomFactory(max_members=7)

    response = save(
        client,
        room,
        max_members="301",
        description="what I typed\x07",
        join_from="2026-12-02T10:00",
        join_until="2026-12-01T10:00",
        meta="{",
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {
        "max_members",
        "description",
        "join_until",
        "meta",
    }
    assert text.count("Enter a number from 1 to 300.") == 2
    assert '<a href="#id_max_members">Capacity</a>' in text
    assert 'value="301"' in text
    assert "what I typed" in text
    assert 'value="2026-12-01T10:00:00"' in text
    assert "autofocus" in text
    assert_unchanged(room)


def test_values_of_the_wrong_type_are_refused_and_kept(client):
    log_in(client)
    room = RoomFactory()

    response = save(client, room, max_members="many", layout="7x7", join_from="next Tuesday")

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"max_members", "layout", "join_from"}
    assert 'value="next Tuesday"' in response.content.decode()
    assert_unchanged(room)


@pytest.mark.parametrize(
    "typed",
    [
        {"version": ""},
        {"version": "two"},
        {"version": "0"},
        {"zone": "Mars/Olympus"},
        {"zone": None},
        {"zone": "../../etc/passwd"},
        {"zone": "a\x00b"},
        {"display_name": "a\x00b"},
        {"display_name": "x" * 201},
        {"join_from": "9" * 400},
        {"join_from": "2026-13-45T99:99"},
        {"join_from": "0001-01-01T00:00", "join_from_offset": "+99:99"},
        {"join_from": "9999-12-31T23:59"},
        {"remove_after_seconds_elapsed": "9" * 5000},
        {"remove_after_seconds_elapsed": "²"},
        {"meta": "[" * 5000},
        {"meta": '{"a": 1, "a": 2}'},
        {"quality": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
    ],
)
@pytest.mark.parametrize("door", [page_of, preview_of])
def test_invalid_requests_are_refused_and_change_nothing(client, door, typed):
    log_in(client)
    room = RoomFactory(scheduled=True)
    sent = {**fields_of(client.get(page_of(room))), "max_members": "9", **typed}

    response = client.post(door(room), {k: v for k, v in sent.items() if v is not None})

    assert response.status_code == (422 if door is page_of else 200)
    assert response.context["form"].errors
    assert_unchanged(room)


def test_members_inside_are_shown_and_not_affected_by_an_edit(client):
    log_in(client)
    session = SessionFactory()
    MemberFactory.create_batch(2, session=session)
    MemberFactory(session=session, left=True)

    text = client.get(page_of(session.room)).content.decode()
    save(client, session.room, max_members="1")

    assert "2 people are inside." in text
    assert "Changes apply to the next session" in text
    session.refresh_from_db()
    assert session.max_members == 20
