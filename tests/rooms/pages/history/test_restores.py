"""A deleted room is restored from its history: with its id, its sessions and its settings."""

import pytest
from django.urls import reverse

from access.models import StaffLimit
from rooms.changes import change_room, delete_room
from rooms.models import Room
from rooms.models.history import Action, Channel, RoomChange
from sessions.models import RoomSession
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import log_in, messages_of

pytestmark = pytest.mark.django_db
SETTINGS = {
    "display_name": "Die Ärzte",
    "max_members": 7,
    "join_from": "2027-01-01T08:00:00Z",
    "meta": {"a": [1, 2.50]},
    "record_on_start": True,
}


@pytest.fixture
def gone(project):
    """The deletion of a room with settings and a past session."""
    room = RoomFactory(project=project, name="ward-5")
    change_room(Room.objects.all(), room.pk, SETTINGS, by=TESTS)
    SessionFactory(room=room, ended=True)
    delete_room(Room.objects.all(), room.pk, by=TESTS)
    return RoomChange.objects.get(room_id=room.pk, action=Action.DELETED)


def address(deletion):
    return reverse("restore-page", args=[deletion.pk])


def test_room_is_restored_with_its_id_settings_and_sessions(client, gone):
    log_in(client)
    asked = client.get(address(gone))
    assert asked.status_code == 200
    assert not Room.objects.exists()

    response = client.post(address(gone))

    room = Room.objects.get()
    assert response.headers["Location"] == f"/rooms/{gone.room_id}"
    assert messages_of(response) == ["Die Ärzte was restored."]
    assert (room.pk, room.name, room.project_id) == (gone.room_id, "ward-5", gone.project_id)
    assert (room.display_name, room.max_members, room.version) == ("Die Ärzte", 7, 4)
    assert room.meta == {"a": [1, 2.5]}
    assert room.join_from.isoformat() == "2027-01-01T08:00:00+00:00"
    assert room.record_on_start
    created, restored = RoomChange.objects.filter(action=Action.CREATED).order_by("pk")
    assert room.created_at == created.at
    assert (restored.version, restored.channel) == (4, Channel.REVERT)
    (session,) = RoomSession.objects.all()
    assert (session.room_id, session.former_room_id) == (room.pk, None)


def test_deletion_in_the_history_offers_to_restore_while_the_room_is_gone(client, gone):
    log_in(client)
    url = reverse("room-page-history", args=[gone.room_id])
    assert address(gone) in client.get(url).content.decode()

    client.post(address(gone))

    page = client.get(url).content.decode()
    assert address(gone) not in page
    assert "restored" in page


def test_existing_room_is_not_restored_again(client, gone):
    log_in(client)
    client.post(address(gone))

    response = client.post(address(gone))

    assert messages_of(response)[-1] == "This room exists already."
    assert RoomChange.objects.filter(room_id=gone.room_id).count() == 4


def test_room_is_restored_after_a_second_deletion(client, gone):
    log_in(client)
    client.post(address(gone))
    delete_room(Room.objects.all(), gone.room_id, by=TESTS)

    client.post(address(gone))

    assert Room.objects.get().version == 6


def test_room_whose_name_is_taken_is_not_restored(client, gone, project):
    log_in(client)
    RoomFactory(project=project, name="ward-5")

    asked, refused = client.get(address(gone)), client.post(address(gone))

    assert (asked.status_code, refused.status_code) == (200, 422)
    assert "Restore room" not in asked.content.decode()
    assert 'role="alert"' in refused.content.decode()
    assert Room.objects.count() == 1


def test_restoring_needs_the_permission_and_the_project(client, gone, project):
    log_in(client, "rooms.view_roomchange", "rooms.view_room")
    assert client.post(address(gone)).status_code == 403

    user = log_in(client, "rooms.view_roomchange", "rooms.add_room")
    StaffLimit.objects.create(user=user).projects.set([ProjectFactory()])
    assert client.post(address(gone)).status_code == 404
    assert not Room.objects.exists()


def test_other_changes_are_not_restored(client, gone):
    log_in(client)
    created = RoomChange.objects.filter(action=Action.CREATED).first()

    assert client.post(reverse("restore-page", args=[created.pk])).status_code == 404
