"""The room page: view, edit, and the messages for a refused change."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from access.staff.limits import StaffLimit
from rooms.changes import change_room
from rooms.models import Layout, Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in, markup_of, messages_of

pytestmark = pytest.mark.django_db


def page_of(room):
    return reverse("room-page", args=[room.pk])


def preview_of(room):
    return reverse("room-preview", args=[room.pk])


def save(client, room, **typed):
    """Open the room's page, fill in values and save; a field with None is not sent."""
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def preview(client, room, **typed):
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(preview_of(room), {k: v for k, v in sent.items() if v is not None})


def assert_unchanged(room):
    stored = Room.objects.filter(pk=room.pk).values().get()
    assert stored == {name: getattr(room, name) for name in stored}
    assert RoomChange.objects.filter(room_id=room.pk).count() == room.version


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
    assert "hx-post" not in text
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
    assert (change.door, change.author_name) == ("form", user.username)
    assert messages_of(response) == ["Saved: Capacity, Layout."]


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
    assert text.count("max_members must be a whole number from 1 to 300, not 301.") == 2
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


def test_fields_show_their_limits(client):
    log_in(client)

    text = client.get(page_of(RoomFactory())).content.decode()

    number = re.search(r'<input type="number" name="max_members"[^>]*>', text)[0]
    assert 'min="1"' in number
    assert 'max="300"' in number
    assert "Most people in the room at one time. 1 to 300." in text
    assert 'maxlength="3000"' in text
    assert "At most 3000 characters." in text
    assert "Your own data of the room, as a JSON object. At most 2000 characters." in text


def test_input_for_a_deleted_room_can_create_a_new_one(client):
    log_in(client)
    room = RoomFactory(name="aquarium", layout="5up")
    sent = {**fields_of(client.get(page_of(room))), "max_members": "7"}
    delete(client, room)

    page = client.post(page_of(room), sent)
    made = client.post(reverse("new-room"), fields_of(page))

    assert page.status_code == 409
    assert "Another user deleted this room." in page.content.decode()
    assert made.status_code == 302
    again = Room.objects.get()
    assert (again.name, again.project, again.max_members) == ("aquarium", room.project, 7)
    assert again.layout == "5up"


def test_deleted_room_of_a_hidden_project_is_not_found(client):
    log_in(client)
    room = RoomFactory()
    delete(client, room)
    user = log_in(client, "rooms.view_room", "rooms.change_room", "rooms.add_room")
    StaffLimit.objects.create(user=user)

    assert client.post(page_of(room), {"zone": "UTC"}).status_code == 404
    assert client.get(page_of(room)).status_code == 404


def test_deleted_room_cannot_be_created_again_without_permission(client):
    log_in(client)
    room = RoomFactory()
    delete(client, room)
    log_in(client, "rooms.view_room", "rooms.change_room")

    assert client.post(page_of(room), {"zone": "UTC"}).status_code == 404


# --- contents


def test_every_layout_is_shown_and_can_be_chosen(client):
    log_in(client)

    text = markup_of(client.get(page_of(RoomFactory(layout="5up"))))

    radios = re.findall(r'<input type="radio" name="layout"[^>]*>', text)
    assert len(radios) == len(Layout) == 13
    assert [radio for radio in radios if "checked" in radio] == [
        radio for radio in radios if 'value="5up"' in radio
    ]
    assert text.count('<rect class="frame"') == 13
    assert "100 pictures" in text


def test_names_are_shown_as_text(client):
    log_in(client)
    hostile = "<script>alert(1)</script>"
    room = RoomFactory(display_name=hostile, description=f"</textarea>{hostile}")

    text = client.get(page_of(room)).content.decode()

    assert hostile not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


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


def test_sessions_are_shown_in_timeline_and_list(client):
    log_in(client)
    room = RoomFactory()
    SessionFactory(room=room, ended=True)
    SessionFactory(room=room, start_time=timezone.now())
    SessionFactory(ended=True)

    text = client.get(page_of(room)).content.decode()

    assert (text.count("bar past"), text.count("bar live")) == (1, 1)
    assert "Session in progress" in text


@pytest.mark.parametrize("superuser", [True, False])
def test_number_of_queries_does_not_depend_on_the_number_of_sessions(
    client, django_assert_num_queries, superuser
):
    log_in(client, *([] if superuser else ["rooms.view_room", "rooms.change_room"]))
    session = SessionFactory()
    room = session.room
    # The user (2, and 2 for permissions), the room, the members inside, and its sessions.
    with django_assert_num_queries(5 if superuser else 7):
        client.get(page_of(room))
    SessionFactory.create_batch(30, room=room, ended=True)
    MemberFactory.create_batch(20, session=session)

    with django_assert_num_queries(5 if superuser else 7):
        page = client.get(page_of(room))
    with django_assert_num_queries(4 if superuser else 6):
        client.post(preview_of(room), fields_of(page))


# --- preview


def test_preview_shows_the_result_and_writes_nothing(client):
    log_in(client)
    room = RoomFactory()

    response = preview(client, room, max_members="1", record_on_start="on")

    assert response.status_code == 200
    text = response.content.decode()
    assert "Always open; one person at a time; recorded from the start." in text
    assert "-H &#x27;If-Match: &quot;1&quot;&#x27;" in text
    assert "{&quot;max_members&quot;: 1, &quot;record_on_start&quot;: true}" in text
    assert_unchanged(room)


def test_preview_shows_errors_with_the_messages_of_saving(client):
    log_in(client)
    room = RoomFactory()

    text = preview(client, room, max_members="0", display_name="x").content.decode()

    assert "max_members must be a whole number from 1 to 300, not 0." in text
    # Valid fields are shown despite the errors of others.
    assert "Always open; up to 20 people." in text
    assert_unchanged(room)


def test_preview_reports_contradicting_settings(client):
    log_in(client)
    room = RoomFactory()

    response = preview(client, room, join_from="2026-12-02T10:00", join_until="2026-12-02T10:00")

    text = response.content.decode()
    assert "These times don't fit together" in text
    assert "join_until must be after join_from" in text


def test_preview_reports_a_newer_change_by_another_user(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    text = client.post(preview_of(room), sent).content.decode()

    assert "Another user saved this room." in text


def test_preview_url_is_not_a_page(client):
    log_in(client)

    assert client.get(preview_of(RoomFactory())).status_code == 405


# --- new room


def make(client, **typed):
    sent = {**fields_of(client.get(reverse("new-room"))), **typed}
    return client.post(reverse("new-room"), sent)


def test_room_is_created(client):
    log_in(client)
    project = ProjectFactory()

    response = make(client, project=project.pk, name="aquarium", max_members="5")

    room = Room.objects.get()
    assert response.headers["Location"] == page_of(room)
    assert (room.name, room.display_name, room.max_members) == ("aquarium", "aquarium", 5)
    assert RoomChange.objects.get().door == "form"


def test_form_of_a_refused_new_room_keeps_its_input(client):
    log_in(client)
    taken = RoomFactory(name="taken")

    response = make(client, project=taken.project.pk, name="taken", max_members="0")

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "max_members"}
    assert 'value="taken"' in response.content.decode()
    assert Room.objects.count() == 1


def test_room_is_created_as_a_copy(client):
    log_in(client)
    room = RoomFactory(
        name="x" * 100, max_members=7, layout="5up", record_on_start=True, scheduled=True
    )

    page = client.get(f"{reverse('new-room')}?from={room.pk}")
    client.post(reverse("new-room"), fields_of(page))

    copy = Room.objects.exclude(pk=room.pk).get()
    assert copy.name == "x" * 95 + "-copy"
    assert (copy.max_members, copy.layout, copy.record_on_start) == (7, "5up", True)
    assert (copy.join_from, copy.project) == (room.join_from, room.project)


@pytest.mark.parametrize("source", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_copy_of_an_unknown_room_is_not_found(client, source):
    log_in(client)

    assert client.get(f"{reverse('new-room')}?from={source}").status_code == 404


def test_rooms_are_created_only_in_visible_projects(client):
    user = log_in(client, "rooms.view_room", "rooms.add_room")
    seen, other = ProjectFactory(), ProjectFactory()
    StaffLimit.objects.create(user=user).projects.add(seen)

    page = client.get(reverse("new-room"))
    refused = make(client, project=other.pk, name="aquarium")

    assert fields_of(page)["project"] == str(seen.pk)
    assert other.name not in page.content.decode()
    assert refused.status_code == 422
    assert client.get(f"{reverse('new-room')}?from={RoomFactory().pk}").status_code == 404
    assert Room.objects.count() == 1


def test_creating_needs_the_add_permission(client):
    log_in(client, "rooms.view_room", "rooms.change_room")

    assert client.get(reverse("new-room")).status_code == 403
    assert client.post(reverse("new-room"), {"name": "x"}).status_code == 403
    assert client.post(reverse("new-room-preview")).status_code == 403
    assert not Room.objects.exists()


def test_preview_of_a_new_room_does_not_require_a_name(client):
    log_in(client)
    project = ProjectFactory()
    url = reverse("new-room-preview")
    sent = {**fields_of(client.get(reverse("new-room"))), "project": project.pk}

    first = client.post(url, {**sent, "max_members": "5"})
    then = client.post(url, {**sent, "name": "no spaces"})

    assert "Always open; up to 5 people." in first.content.decode()
    assert not first.context["form"].errors
    assert "name" in then.context["form"].errors
    assert not Room.objects.exists()


# --- deletion


def delete(client, room, version=None):
    sent = {"version": room.version if version is None else version}
    return client.post(reverse("delete-room", args=[room.pk]), sent)


def test_room_is_deleted_after_a_confirmation(client):
    user = log_in(client)
    room = RoomFactory(display_name="Aquarium")
    SessionFactory(room=room, ended=True)

    question = client.get(reverse("delete-room", args=[room.pk]))
    response = delete(client, room)

    assert "1 past session is kept" in question.content.decode()
    assert messages_of(response) == ["Aquarium was deleted."]
    assert not Room.objects.exists()
    last = RoomChange.objects.latest("id")
    assert (last.action, last.door, last.author_name) == ("deleted", "form", user.username)


def test_changed_room_is_not_deleted_but_shown_again(client):
    log_in(client)
    room = change_room(Room.objects, RoomFactory().pk, {"max_members": 5}, by=TESTS).room

    response = delete(client, room, version=1)

    assert response.status_code == 409
    assert "another user changed this room" in response.content.decode()
    assert_unchanged(room)


@pytest.mark.parametrize("version", ["", "x", "\x00"])
def test_delete_without_a_version_deletes_nothing(client, version):
    log_in(client)
    room = RoomFactory()

    assert delete(client, room, version=version).status_code == 409
    assert_unchanged(room)


def test_room_with_members_inside_is_not_deleted(client):
    log_in(client)
    room = SessionFactory().room

    question = client.get(reverse("delete-room", args=[room.pk]))
    response = delete(client, room)

    assert "Delete room</button>" not in markup_of(question)
    assert response.status_code == 409
    assert "End the session first." in response.content.decode()
    assert_unchanged(room)


def test_deleting_needs_the_delete_permission(client):
    log_in(client, "rooms.view_room", "rooms.change_room")
    room = RoomFactory()

    assert client.get(reverse("delete-room", args=[room.pk])).status_code == 403
    assert delete(client, room).status_code == 403
    assert_unchanged(room)
