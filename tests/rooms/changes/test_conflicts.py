"""A stale If-Match: what moved meanwhile, field by field, and merging what does not overlap."""

import pytest

from rooms.models import RoomChange
from tests.support.api import nothing_changes, room_url


@pytest.fixture
def moved(api, room):
    """The room after somebody else moved max_members from 20 to 30; it is at version 2."""
    api.put(room_url(room), {"max_members": 30})
    return room


def put(api, room, body, *, seen=1, **headers):
    return api.put(room_url(room), body, headers={"If-Match": f'"{seen}"', **headers})


def test_each_field_tells_base_theirs_and_yours(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 40, "quality": "1080p"})

    assert response.status_code == 412
    assert response.headers["ETag"] == '"2"'
    assert response.json()["conflict"] == {
        "max_members": {"base": 20, "theirs": 30, "yours": 40, "overlaps": True},
        "quality": {"base": "720p", "theirs": "720p", "yours": "1080p", "overlaps": False},
    }


def test_a_field_sent_back_as_it_was_is_not_an_edit(api, moved):
    response = put(api, moved, {"max_members": 20, "quality": "1080p"})

    assert response.json()["conflict"]["max_members"]["overlaps"] is False


def test_edits_that_do_not_overlap_merge_when_asked(api, moved):
    response = put(api, moved, {"max_members": 20, "quality": "1080p"}, Prefer="merge")

    assert response.status_code == 200
    assert (response.json()["max_members"], response.json()["quality"]) == (30, "1080p")
    assert response.headers["Preference-Applied"] == "merge"


def test_the_same_value_from_both_is_no_overlap(api, moved):
    response = put(api, moved, {"max_members": 30, "quality": "1080p"}, Prefer="merge")

    assert response.status_code == 200


def test_edits_that_overlap_never_merge(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 40}, Prefer="merge")

    assert response.status_code == 412


def test_a_merge_is_judged_whole(api, room):
    api.put(room_url(room), {"join_from": "2030-01-02"})
    with nothing_changes():
        response = put(api, room, {"join_until": "2030-01-01"}, Prefer="merge")

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "invalid_join_until_date"


def test_a_merge_that_moves_nothing_writes_nothing(api, moved):
    with nothing_changes():
        response = put(api, moved, {"max_members": 20}, Prefer="merge")

    assert response.status_code == 200


def test_without_a_history_that_reaches_back_nothing_merges(api, moved):
    RoomChange.objects.filter(room_id=moved.pk, version=2).update(version=99)
    with nothing_changes():
        response = put(api, moved, {"quality": "1080p"}, Prefer="merge")

    assert response.status_code == 412
    assert "conflict" not in response.json()


@pytest.mark.parametrize("tag", ['"0"', '"99"', '"x"', '"1", "7"', 'W/"1"', "1"])
def test_a_tag_that_names_no_version_of_the_room_tells_no_fields(api, moved, tag):
    with nothing_changes():
        response = api.put(
            room_url(moved), {"quality": "1080p"}, headers={"If-Match": tag, "Prefer": "merge"}
        )

    assert response.status_code == 412
    assert "conflict" not in response.json()


def test_a_field_of_the_wrong_type_tells_no_fields(api, moved):
    response = put(api, moved, {"max_members": "many"})

    assert response.status_code == 412
    assert "conflict" not in response.json()


def test_several_changes_since_count_from_the_first(api, moved):
    api.put(room_url(moved), {"max_members": 50})

    response = put(api, moved, {"max_members": 40})

    assert response.json()["conflict"]["max_members"]["base"] == 20
    assert response.json()["conflict"]["max_members"]["theirs"] == 50


def test_a_change_that_was_taken_back_is_none(api, moved):
    api.put(room_url(moved), {"max_members": 20})

    response = put(api, moved, {"max_members": 40}, Prefer="merge")

    assert response.status_code == 200
    assert response.json()["max_members"] == 40


def test_one_and_true_are_two_values(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    api.put(room_url(room), {"quality": "1080p"})

    response = put(api, room, {"meta": {"seats": True}}, seen=2, Prefer="merge")

    assert response.json()["meta"]["seats"] is True
    assert response.json()["quality"] == "1080p"


def test_one_and_true_from_both_overlap(api, room):
    api.put(room_url(room), {"meta": {"seats": True}})

    with nothing_changes():
        response = put(api, room, {"meta": {"seats": 1}}, Prefer="merge")

    assert response.status_code == 412
    assert response.json()["conflict"]["meta"]["overlaps"] is True


def test_a_value_that_became_true_is_told(api, room):
    api.put(room_url(room), {"meta": {"seats": 1}})
    api.put(room_url(room), {"meta": {"seats": True}})

    response = put(api, room, {"quality": "1080p"}, seen=2)

    assert response.json()["conflict"]["meta"]["theirs"] == {"seats": True}
