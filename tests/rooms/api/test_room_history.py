"""GET /rooms/{id}/history, and reverting one change or a bulk change."""

import uuid

import pytest

from rooms.models import Room, RoomChange
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes, room_url


def history_url(room):
    return f"{room_url(room)}/history"


def last_change(room):
    return RoomChange.objects.filter(room_id=room.pk).latest("version")


def revert(api, room, change=None, body=None, query=""):
    change_id = (change or last_change(room)).pk
    return api.post(f"{history_url(room)}/{change_id}/revert{query}", body)


def test_history_shows_author_channel_and_changes(api, room, token):
    api.put(room_url(room), {"max_members": 30}, headers={"X-Request-Id": "friday-17"})

    newest, first = api.get(history_url(room)).json()["data"]

    assert list(newest) == [
        "id",
        "at",
        "room_id",
        "room_name",
        "version",
        "action",
        "changes",
        "author",
        "door",
        "request_id",
        "bulk_id",
    ]
    assert newest["changes"] == {"max_members": [20, 30]}
    assert newest["author"] == {"kind": "token", "id": str(token.pk), "name": token.name}
    assert (newest["door"], newest["request_id"], newest["version"]) == ("api", "friday-17", 2)
    assert (first["action"], first["door"]) == ("created", "shell")


def test_history_is_paginated(api, room):
    for number in range(30, 35):
        api.put(room_url(room), {"max_members": number})

    page = api.get(history_url(room) + "?page_size=4").json()
    rest = api.get(page["links"]["next"]).json()
    back = api.get(rest["links"]["prev"]).json()

    assert [entry["version"] for entry in page["data"] + rest["data"]] == [6, 5, 4, 3, 2, 1]
    assert back["data"] == page["data"]


def test_history_is_kept_after_the_room_is_deleted(api, room):
    api.delete(room_url(room))

    response = api.get(history_url(room))

    assert [entry["action"] for entry in response.json()["data"]] == ["deleted", "created"]


@pytest.mark.parametrize("path", [str(uuid.UUID(int=7)), "no-such-room"])
def test_unknown_room_has_no_history(api, path):
    assert api.get(f"{ROOMS_URL}/{path}/history").status_code == 404


def test_revert_restores_the_fields_of_the_change(api, room):
    api.put(room_url(room), {"max_members": 30, "join_from": "2030-01-01"})
    api.put(room_url(room), {"quality": "1080p"})
    change = RoomChange.objects.get(room_id=room.pk, version=2)

    response = revert(api, room, change)

    assert response.status_code == 200
    assert response.json()["max_members"] == 20
    assert response.json()["join_from"] is None
    assert response.json()["quality"] == "1080p"
    entry = last_change(room)
    assert (entry.door, entry.version) == ("revert", 4)


def test_revert_can_be_reverted(api, room):
    api.put(room_url(room), {"max_members": 30})
    revert(api, room)

    assert revert(api, room).json()["max_members"] == 30


def test_later_change_of_the_same_field_is_a_named_conflict(api, room):
    api.put(room_url(room), {"max_members": 30, "quality": "1080p"})
    change = last_change(room)
    api.put(room_url(room), {"max_members": 40})

    with nothing_changes():
        response = revert(api, room, change)

    assert response.status_code == 409
    assert [error["attribute"] for error in response.json()["errors"]] == ["max_members"]


def test_override_reverts_despite_a_conflict(api, room):
    api.put(room_url(room), {"max_members": 30})
    change = last_change(room)
    api.put(room_url(room), {"max_members": 40})

    response = revert(api, room, change, {"override": True})

    assert response.json()["max_members"] == 20


def test_later_change_that_was_undone_is_no_conflict(api, room):
    api.put(room_url(room), {"max_members": 30})
    change = last_change(room)
    api.put(room_url(room), {"max_members": 40})
    api.put(room_url(room), {"max_members": 30})

    assert revert(api, room, change).status_code == 200


def test_field_that_has_the_old_value_already_is_no_conflict(api, room):
    api.put(room_url(room), {"max_members": 30})
    change = last_change(room)
    revert(api, room, change)

    with nothing_changes():
        response = revert(api, room, change)

    assert response.status_code == 200
    assert response.json()["max_members"] == 20


def test_change_from_one_to_true_is_a_conflict(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    change = last_change(room)
    api.put(room_url(room), {"meta": {"seats": True}})

    with nothing_changes():
        response = revert(api, room, change)

    assert response.status_code == 409
    assert [error["attribute"] for error in response.json()["errors"]] == ["meta"]


def test_true_is_not_the_old_value_one(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    api.put(room_url(room), {"meta": {"seats": 2}})
    change = last_change(room)
    api.put(room_url(room), {"meta": {"seats": True}})

    with nothing_changes():
        assert revert(api, room, change).status_code == 409


# PostgreSQL stores the history as jsonb, with its own key order and 1e22 written out.
def test_other_order_of_keys_is_no_conflict(api, room):
    api.put(room_url(room), {"meta": {"seats": 1e22, "b": [1, {"long": 0, "a": -0.0}]}})

    assert revert(api, room).json()["meta"] == {}


def test_conflict_shows_the_value_as_json(api, room):
    api.put(room_url(room), {"description": "a"})
    change = last_change(room)
    api.put(room_url(room), {"description": "b"})

    response = revert(api, room, change)

    [error] = response.json()["errors"]
    assert error["message"].startswith('description was changed since and is now "b": override')


def test_revert_is_validated_like_any_change(api, room):
    api.put(room_url(room), {"join_from": "2030-01-01"})
    api.put(room_url(room), {"join_from": None})
    change = last_change(room)
    api.put(room_url(room), {"join_until": "2029-01-01"})

    with nothing_changes():
        response = revert(api, room, change)

    assert faults(response) == [("join_until", "invalid_join_until_date")]


def test_dry_run_of_a_revert_writes_nothing(api, room):
    api.put(room_url(room), {"max_members": 30})

    with nothing_changes():
        response = revert(api, room, query="?dry_run=true")

    assert response.json()["dry_run"]["changes"] == {"max_members": [30, 20]}


def test_stale_revert_is_refused(api, room):
    api.put(room_url(room), {"max_members": 30})
    url = f"{history_url(room)}/{last_change(room).pk}/revert"

    with nothing_changes():
        response = api.post(url, headers={"If-Match": '"1"'})

    assert response.status_code == 412


def test_creation_cannot_be_reverted(api, room):
    with nothing_changes():
        response = revert(api, room)

    assert response.status_code == 409


def test_change_of_another_room_is_not_found(api, room, project):
    other = RoomFactory(project=project)
    api.put(room_url(other), {"max_members": 30})

    with nothing_changes():
        response = revert(api, room, last_change(other))

    assert response.status_code == 404


def test_change_of_a_deleted_room_is_not_found(api, room):
    api.put(room_url(room), {"max_members": 30})
    change = last_change(room)
    api.delete(room_url(room))

    with nothing_changes():
        response = revert(api, room, change)

    assert response.status_code == 404


@pytest.mark.parametrize("override", ["yes", 1, None])
def test_override_must_be_a_boolean(api, room, override):
    api.put(room_url(room), {"max_members": 30})

    with nothing_changes():
        response = revert(api, room, body={"override": override})

    assert faults(response) == [("override", "not_a_boolean")]


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
        assert set(RoomChange.objects.filter(version=3).values_list("door", "bulk_id")) == {
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
