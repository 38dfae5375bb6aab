"""A bulk action of the admin is undone."""

import uuid

import pytest

from access.models import StaffLimit
from rooms.changes import change_room, delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk_changes import MAY
from tests.support.bulk_pages import whys
from tests.support.html import log_in
from tests.support.room_list import LIST, apply, newest_job, preview, undo

pytestmark = pytest.mark.django_db


class TestUndo:
    def changed(self, client, rooms, typed="7"):
        """Set max_members of rooms, and return the id of the bulk change."""
        preview(client, "set_max_members", rooms, {"max_members": typed})
        apply(client, "valid")
        return newest_job().pk

    def test_bulk_change_of_several_projects_is_undone_as_a_whole(self, client):
        user = log_in(client)
        rooms = [RoomFactory(max_members=5), RoomFactory(max_members=6)]
        bulk_id = self.changed(client, rooms)

        page = undo(client, bulk_id)

        assert newest_job().result_counts == {"changed": 2}
        assert f"Undoes the change by {user.username}, " in page.content.decode()
        assert list(Room.objects.order_by("pk").values_list("max_members", flat=True)) == [5, 6]
        entries = RoomChange.objects.filter(version=3)
        assert {(one.channel, one.author_name) for one in entries} == {("revert", user.username)}
        assert set(entries.values_list("bulk_id", flat=True)) == {newest_job().pk}

    def test_undo_can_be_undone(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        undo(client, self.changed(client, rooms))

        undo(client, newest_job().pk)

        assert set(Room.objects.values_list("max_members", flat=True)) == {7}

    def test_second_undo_changes_nothing(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        undo(client, bulk_id)

        with nothing_changes():
            undo(client, bulk_id)

        assert newest_job().preview_counts == {"unchanged": 2}

    def test_room_changed_since_needs_an_override(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        bulk_id = self.changed(client, rooms)
        change_room(Room.objects, rooms[0].pk, {"max_members": 9}, by=TESTS)

        with nothing_changes():
            page = undo(client, bulk_id)

        assert whys(page) == [
            "max_members was changed since and is now 9: override to revert it anyway."
        ]
        assert 'name="override" value="1"' in page.content.decode()
        assert newest_job().state == "ready"
        undo(client, bulk_id, override="1")
        apply(client)
        assert newest_job().result_counts == {"changed": 2}
        assert set(Room.objects.values_list("max_members", flat=True)) == {20}

    def test_deleted_room_does_not_stop_the_others(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        bulk_id = self.changed(client, rooms)
        delete_room(Room.objects, rooms[0].pk, by=TESTS)

        page = undo(client, bulk_id)
        assert whys(page) == ["There is no such room here."]
        apply(client, "valid")

        assert newest_job().result_counts == {"changed": 1}
        assert Room.objects.get().max_members == 20

    def test_bulk_change_without_changes_cannot_be_undone(self, client):
        log_in(client)
        preview(client, "recording_on", [RoomFactory(record_on_start=True)])

        page = apply(client)

        assert not page.context["page"].can_undo
        assert client.post(f"/bulk/{newest_job().pk}/undo").status_code == 404

    @pytest.mark.parametrize("path", [str(uuid.UUID(int=7)), "x", "\u0661"])
    def test_unknown_bulk_change_is_not_found(self, client, path):
        log_in(client)

        assert client.get(f"/bulk/{path}/undo").status_code in (404, 405)
        assert client.post(f"/bulk/{path}/undo").status_code == 404

    def test_undo_needs_the_permissions(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        log_in(client, "rooms.view_room", "rooms.delete_room", "rooms.change_room")

        with nothing_changes():
            response = client.post(f"/bulk/{bulk_id}/undo")

        assert response.status_code == 403

    def test_undo_needs_a_login(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        client.logout()

        with nothing_changes():
            response = client.post(f"/bulk/{bulk_id}/undo")

        assert response.headers["Location"].startswith("/sign-in")

    def test_limited_staff_undo_only_rooms_of_their_projects(self, client):
        log_in(client)
        own, other = RoomFactory(), RoomFactory()
        bulk_id = self.changed(client, [own, other])
        user = log_in(client, *MAY)
        StaffLimit.objects.create(user=user).projects.add(own.project)

        undo(client, bulk_id)

        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.max_members, other.max_members) == (20, 7)

    def test_history_of_a_room_has_an_undo_button(self, client):
        log_in(client)
        room = RoomFactory()
        url = f"/bulk/{self.changed(client, [room])}/undo"

        page = client.get(f"{LIST}{room.pk}/history/")
        assert f'<form method="post" action="{url}">' in page.content.decode()

        log_in(client, *MAY[:2])
        page = client.get(f"{LIST}{room.pk}/history/")
        assert url not in page.content.decode()
