"""POST /rooms/{id}/history/{change}/revert: one change is reverted."""

import pytest

from rooms.models import RoomChange
from tests.factories import RoomFactory
from tests.support.api import faults, nothing_changes, room_url
from tests.support.room_history import history_url, last_change, revert


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
    assert (entry.channel, entry.version) == ("revert", 4)


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


def test_notation_of_numbers_and_order_of_keys_are_no_conflict(api, room):
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


def test_body_that_cannot_be_read_is_reported_before_a_conflict(api, project):
    room = api.post("/api/video/rooms", {"name": "new"}).json()["id"]
    created = RoomChange.objects.get(room_id=room).pk
    address = f"/api/video/rooms/{room}/history/{created}/revert"

    assert api.post(address).status_code == 409
    for body, status in (("\0", 400), ('{"override": 1}', 422)):
        response = api.generic("POST", address, body, "application/json")
        assert response.status_code == status
