"""A copy of a room for the next week, from its menu."""

import pytest
from django.urls import reverse

from access.staff.limits import StaffLimit
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import RoomFactory, SessionFactory
from tests.support.history_pages import change
from tests.support.html import fields_of, log_in, messages_of
from tests.support.room_page import page_of
from tests.support.time_inputs import utc

pytestmark = pytest.mark.django_db
MAY_COPY = ("rooms.view_room", "rooms.add_room")


@pytest.fixture
def seminar():
    """A room whose next week has summer time in Berlin."""
    return RoomFactory(
        name="seminar",
        display_name="Seminar",
        join_from=utc(2027, 3, 22, 8),
        join_until=utc(2027, 3, 22, 9),
        remove_at=utc(2027, 3, 22, 9, 30),
        max_members=80,
        record_on_start=True,
        meta={"a": [1]},
    )


def copy_url(room):
    return reverse("copy-to-next-week", args=[room.pk])


def menu_of(client, room):
    return fields_of(client.get(reverse("room-actions", args=[room.pk])))


def copy(client, room, **sent):
    return client.post(copy_url(room), {**menu_of(client, room), "zone": "Europe/Berlin", **sent})


def copies(room):
    return Room.objects.exclude(pk=room.pk)


def test_copy_has_the_same_local_times_one_week_later(client, seminar):
    log_in(client, *MAY_COPY)

    response = copy(client, seminar)

    found = copies(seminar).get()
    assert response.headers["Location"] == page_of(found)
    assert (found.name, found.display_name) == ("seminar-copy", "Seminar (copy)")
    assert (found.join_from, found.join_until) == (utc(2027, 3, 29, 7), utc(2027, 3, 29, 8))
    assert found.remove_at == utc(2027, 3, 29, 8, 30)
    assert (found.max_members, found.record_on_start, found.meta) == (80, True, {"a": [1]})
    assert found.project == seminar.project
    said = (
        "Seminar (copy) was created. Opens: Mon 29 Mar 2027 09:00, Closes: Mon 29 Mar 2027 10:00,"
    )
    assert messages_of(response)[-1].startswith(said)
    assert "undo" not in client.session
    assert RoomChange.objects.first().channel == "form"


def test_menu_shows_the_dates_and_the_next_free_name(client, seminar):
    log_in(client)
    RoomFactory(project=seminar.project, name="seminar-copy")

    menu = client.get(reverse("room-actions", args=[seminar.pk])).content.decode()
    copy(client, seminar)
    third = copies(seminar).get(name="seminar-copy-2")

    assert "Opens: Mon 29 Mar 2027 08:00" in menu
    assert menu_of(client, third)["name"] == "seminar-copy-3"


def test_double_click_makes_one_copy(client, seminar):
    log_in(client)
    sent = {**menu_of(client, seminar), "zone": "Europe/Berlin"}

    first, second = client.post(copy_url(seminar), sent), client.post(copy_url(seminar), sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert messages_of(first)[-1] == messages_of(second)[-1]
    assert copies(seminar).count() == 1


def test_name_that_another_user_took_opens_the_form(client, seminar):
    log_in(client)
    sent = menu_of(client, seminar)
    RoomFactory(project=seminar.project, name=sent["name"])

    response = client.post(copy_url(seminar), sent)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name"}
    assert fields_of(response)["join_from"] == "2027-03-29T08:00:00"
    assert copies(seminar).count() == 1


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (utc(2027, 3, 21, 1, 30), "does not exist in Europe/Berlin"),
        (utc(2027, 10, 24, 0, 30), "Choose one of the two times."),
    ],
)
def test_time_that_the_clocks_skip_or_repeat_opens_the_form(client, opens, words):
    log_in(client)
    room = RoomFactory(join_from=opens)

    response = copy(client, room)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert fields_of(response)["name"] == f"{room.name}-copy"
    assert not copies(room).exists()


def test_room_without_times_or_with_another_version_is_not_copied(client, seminar):
    log_in(client)
    plain = RoomFactory()
    sent = menu_of(client, seminar)
    change(seminar, max_members=30)

    for zone in ("", "Mars/Olympus"):
        assert copy(client, seminar, zone=zone).status_code == 422
    stale, timeless = client.post(copy_url(seminar), sent), copy(client, plain)

    assert (stale.status_code, timeless.status_code) == (409, 422)
    assert "Nothing was changed: another user changed" in stale.content.decode()
    assert "The room has no times to move. Use “Duplicate”." in timeless.content.decode()
    assert not copies(seminar).exclude(pk=plain.pk).exists()


def test_copy_needs_rights_and_a_post(client, seminar):
    sent = {"version": "1", "name": "x", "zone": "UTC"}
    log_in(client, "rooms.view_room", "rooms.change_room")
    assert client.post(copy_url(seminar), sent).status_code == 403
    user = log_in(client, *MAY_COPY)
    assert client.get(copy_url(seminar), sent).status_code == 405
    StaffLimit.objects.create(user=user)
    assert client.post(copy_url(seminar), sent).status_code == 404
    assert not copies(seminar).exists()


def undo(client):
    offered = client.session["undo"]
    return client.post(offered["action"], {"version": offered["version"]})


def test_undo_deletes_an_unchanged_copy(client, seminar):
    log_in(client)
    copy(client, seminar)

    response = undo(client)

    assert messages_of(response)[-1] == "Undone. Seminar (copy) was deleted."
    assert not copies(seminar).exists()
    assert "undo" not in client.session


def test_undo_keeps_a_copy_that_was_changed_or_is_live(client, seminar):
    log_in(client)
    copy(client, seminar)
    change(copies(seminar).get(), max_members=5)
    assert messages_of(undo(client))[-1] == "Not undone: the room was changed since."
    copy(client, seminar)
    SessionFactory(room=copies(seminar).get(name="seminar-copy-2"))

    assert messages_of(undo(client))[-1] == "Not undone: the room is live."
    assert copies(seminar).count() == 2


def test_undo_of_a_copy_needs_the_permission_to_delete(client, seminar):
    log_in(client, *MAY_COPY, "rooms.change_room", "rooms.delete_room")
    user = log_in(client, *MAY_COPY, "rooms.change_room")
    copy(client, seminar)

    made = copies(seminar).get()
    response = client.post(reverse("room-undo", args=[made.pk]), {"version": "1"})

    assert response.status_code == 403
    assert copies(seminar).count() == 1
    assert RoomChange.objects.filter(author_id=str(user.pk)).count() == 1
