import pytest

from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in, messages_of
from tests.support.room_admin import errors_of, page_of
from tests.support.room_list import LIST
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


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
    assert (change.action, change.channel) == ("created", "admin")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name."),
        ("taken", 'Name must be unique in its project: there is a room "taken" already.'),
        ("a b", "Use only letters, digits, - and _, at most 100. Try “a-b”."),
        ("a\0b", "Use only letters, digits, - and _, at most 100. Try “ab”."),
    ],
)
def test_add_page_refuses_an_invalid_name(client, name, message):
    log_in(client)
    taken = RoomFactory(name="taken")

    sent = {"name": name, "project": taken.project_id, "zone": "UTC"}
    response = client.post(f"{LIST}add/", sent)

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
    assert (change.action, change.channel) == ("deleted", "admin")


def test_live_room_cannot_be_deleted(client):
    log_in(client)
    room = SessionFactory().room

    response = client.post(page_of(room, "delete"), {"post": "yes"})

    assert response.headers["Location"] == page_of(room)
    assert messages_of(response) == ["The room was not deleted. End its session first."]
    assert_unchanged(room)
