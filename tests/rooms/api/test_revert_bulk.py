"""POST /rooms/bulk/{bulk}/revert: a bulk change is reverted as a whole."""

import uuid

import pytest

from rooms.models import Room, RoomChange
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, nothing_changes, room_url


class TestBulk:
    @pytest.fixture
    def rooms(self, project):
        return [RoomFactory(project=project) for _ in range(3)]

    @pytest.fixture
    def bulk_id(self, api, rooms):
        select = {"ids": [str(room.pk) for room in rooms]}
        body = {"select": select, "change": {"set": {"max_members": 30}}}
        return api.post(f"{ROOMS_URL}/bulk", body).json()["bulk_id"]

    def revert(self, api, bulk_id, body=None):
        return api.post(f"{ROOMS_URL}/bulk/{bulk_id}/revert", body)

    def test_bulk_change_is_reverted_as_a_whole(self, api, bulk_id):
        response = self.revert(api, bulk_id)

        assert response.json()["counts"]["changed"] == 3
        assert set(Room.objects.values_list("max_members", flat=True)) == {20}
        assert set(RoomChange.objects.filter(version=3).values_list("channel", "bulk_id")) == {
            ("revert", uuid.UUID(response.json()["bulk_id"]))
        }

    def test_one_conflict_stops_the_whole_revert(self, api, bulk_id, rooms):
        api.put(room_url(rooms[1]), {"max_members": 40})

        with nothing_changes():
            response = self.revert(api, bulk_id)

        assert response.status_code == 422
        refused = [one for one in response.json()["results"] if one["outcome"] == "refused"]
        assert [one["id"] for one in refused] == [str(rooms[1].pk)]

    def test_mode_valid_reverts_rooms_without_a_conflict(self, api, bulk_id, rooms):
        api.put(room_url(rooms[1]), {"max_members": 40})

        response = self.revert(api, bulk_id, {"mode": "valid"})

        assert response.json()["counts"]["changed"] == 2

    def test_deleted_room_is_refused(self, api, bulk_id, rooms):
        api.delete(room_url(rooms[0]))

        response = self.revert(api, bulk_id, {"mode": "valid"})

        assert response.json()["counts"] == {
            "created": 0,
            "changed": 2,
            "unchanged": 0,
            "refused": 1,
        }

    @pytest.mark.parametrize(
        ("mode", "status", "members"), [("all", 422, [30, 30, 40]), ("valid", 200, [20, 20, 40])]
    )
    def test_room_created_by_an_import_is_reported_as_refused(
        self, api, rooms, mode, status, members
    ):
        lines = [f"{rooms[0].name},30", f"{rooms[1].name},30", "new-room,40"]
        file = "\n".join(["name,max_members", *lines]).encode()
        url = f"{ROOMS_URL}/bulk"
        made = api.generic("POST", f"{url}?create=true", file, content_type="text/csv").json()

        response = self.revert(api, made["bulk_id"], {"mode": mode})

        assert response.status_code == status
        [refused] = [one for one in response.json()["results"] if one["outcome"] == "refused"]
        assert refused["name"] == "new-room"
        assert refused["errors"][0]["message"].startswith("new-room was created by this change:")
        changed = Room.objects.filter(name__in=["new-room", rooms[0].name, rooms[1].name])
        assert sorted(changed.values_list("max_members", flat=True)) == members

    @pytest.mark.parametrize("bulk_id", [str(uuid.UUID(int=7)), "x"])
    def test_unknown_bulk_change_is_not_found(self, api, bulk_id):
        assert self.revert(api, bulk_id).status_code == 404

    def test_bulk_change_of_another_project_is_not_found(self, bulk_id, client_for):
        foreign = client_for(project=RoomFactory().project)

        with nothing_changes():
            assert self.revert(foreign, bulk_id).status_code == 404
