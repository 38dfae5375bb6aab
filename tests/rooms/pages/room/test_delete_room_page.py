"""The page that deletes a room."""

import pytest
from django.urls import reverse

from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.html import log_in, markup_of, messages_of
from tests.support.room_page import delete
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


def test_room_is_deleted_after_a_confirmation(client):
    user = log_in(client)
    room = RoomFactory(display_name="Aquarium")
    SessionFactory(room=room, ended=True)

    question = client.get(reverse("delete-room", args=[room.pk]))
    response = delete(client, room)

    assert "1 past session is kept" in question.content.decode()
    assert not Room.objects.exists()
    last = RoomChange.objects.latest("id")
    link = f'<a href="/history/{last.pk}/restore">Restore…</a>'
    assert messages_of(response) == [f"Aquarium was deleted. {link}"]
    assert (last.action, last.channel, last.author_name) == ("deleted", "form", user.username)


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
