"""A stale If-Match: the conflict of each field, and merged_edit edits that do not overlap."""

import pytest

from rooms.models import RoomChange
from tests.support.api import nothing_changes, room_url


@pytest.fixture
def moved(api, room):
    """The room at version 2: another client changed max_members from 20 to 30."""
    api.put(room_url(room), {"max_members": 30})
    return room


def put(api, room, body, *, seen=1, **headers):
    return api.put(room_url(room), body, headers={"If-Match": f'"{seen}"', **headers})


def test_conflict_shows_base_theirs_and_yours_of_each_field(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 40, "quality": "1080p"})

    assert response.status_code == 412
    assert response.headers["ETag"] == '"2"'
    assert response.json()["conflict"] == {
        "max_members": {"base": 20, "theirs": 30, "yours": 40, "overlaps": True},
        "quality": {"base": "720p", "theirs": "720p", "yours": "1080p", "overlaps": False},
    }


def test_field_sent_with_its_old_value_is_not_an_edit(api, moved):
    response = put(api, moved, {"max_members": 20, "quality": "1080p"})

    assert response.json()["conflict"]["max_members"]["overlaps"] is False


def test_edits_that_do_not_overlap_are_merged_on_request(api, moved):
    response = put(api, moved, {"max_members": 20, "quality": "1080p"}, Prefer="merge")

    assert response.status_code == 200
    assert (response.json()["max_members"], response.json()["quality"]) == (30, "1080p")
    assert response.headers["Preference-Applied"] == "merge"


def test_same_value_from_both_sides_is_no_overlap(api, moved):
    response = put(api, moved, {"max_members": 30, "quality": "1080p"}, Prefer="merge")

    assert response.status_code == 200


def test_overlapping_edits_are_never_merged(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 40}, Prefer="merge")

    assert response.status_code == 412


def test_merged_room_is_validated_as_a_whole(api, room):
    api.put(room_url(room), {"join_from": "2030-01-02"})
    with nothing_changes():
        response = put(api, room, {"join_until": "2030-01-01"}, Prefer="merge")

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "invalid_join_until_date"


def test_merge_without_changes_writes_nothing(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 20}, Prefer="merge")

    assert response.status_code == 200


def test_nothing_is_merged_when_the_history_is_incomplete(api, moved):
    RoomChange.objects.filter(room_id=moved.pk, version=2).update(version=99)
    with nothing_changes():
        response = put(api, moved, {"quality": "1080p"}, Prefer="merge")

    assert response.status_code == 412
    assert "conflict" not in response.json()


@pytest.mark.parametrize("tag", ['"0"', '"99"', '"x"', '"1", "7"', 'W/"1"', "1"])
def test_etag_of_no_version_of_the_room_returns_no_conflict_fields(api, moved, tag):
    with nothing_changes():
        response = api.put(
            room_url(moved), {"quality": "1080p"}, headers={"If-Match": tag, "Prefer": "merge"}
        )

    assert response.status_code == 412
    assert "conflict" not in response.json()


def test_field_of_the_wrong_type_returns_no_conflict_fields(api, moved):
    response = put(api, moved, {"max_members": "many"})

    assert response.status_code == 412
    assert "conflict" not in response.json()


def test_conflict_compares_with_the_version_of_the_etag(api, moved):
    api.put(room_url(moved), {"max_members": 50})

    response = put(api, moved, {"max_members": 40})

    assert response.json()["conflict"]["max_members"]["base"] == 20
    assert response.json()["conflict"]["max_members"]["theirs"] == 50


def test_change_that_was_reverted_is_no_conflict(api, moved):
    api.put(room_url(moved), {"max_members": 20})

    response = put(api, moved, {"max_members": 40}, Prefer="merge")

    assert response.status_code == 200
    assert response.json()["max_members"] == 40


def test_one_and_true_are_different_values(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    api.put(room_url(room), {"quality": "1080p"})

    response = put(api, room, {"meta": {"seats": True}}, seen=2, Prefer="merge")

    assert response.json()["meta"]["seats"] is True
    assert response.json()["quality"] == "1080p"


def test_one_and_true_from_two_sides_overlap(api, room):
    api.put(room_url(room), {"meta": {"seats": True}})

    with nothing_changes():
        response = put(api, room, {"meta": {"seats": 1}}, Prefer="merge")

    assert response.status_code == 412
    assert response.json()["conflict"]["meta"]["overlaps"] is True


def test_conflict_shows_a_value_that_changed_from_one_to_true(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    api.put(room_url(room), {"meta": {"seats": True}})

    response = put(api, room, {"quality": "1080p"}, seen=2)

    assert response.json()["conflict"]["meta"]["theirs"] == {"seats": True}
