"""The page for a new room, or a copy."""

import pytest
from django.urls import reverse

from access.staff.limits import StaffLimit
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import ProjectFactory, RoomFactory
from tests.support.html import fields_of, log_in
from tests.support.room_page import delete, page_of

pytestmark = pytest.mark.django_db


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
    assert RoomChange.objects.get().channel == "form"


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
