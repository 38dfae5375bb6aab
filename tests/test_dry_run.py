"""?dry_run=true: the answer of the real call, and not a byte written."""

import pytest

from tests.api import ROOMS_URL, faults, nothing_changes, room_url
from tests.factories import SessionFactory


@pytest.mark.parametrize("method", ["put", "patch"])
def test_an_update_is_tried_and_not_made(api, room, method):
    with nothing_changes():
        dry = getattr(api, method)(room_url(room) + "?dry_run=true", {"max_members": 7})

    assert dry.status_code == 200
    assert dry.json()["max_members"] == 7
    assert dry.json()["dry_run"] == {"changes": {"max_members": [20, 7]}, "live": None}


def test_the_rest_of_the_answer_is_that_of_the_real_call(api, room):
    dry = api.put(room_url(room) + "?dry_run=1", {"max_members": 7})
    wet = api.put(room_url(room), {"max_members": 7})

    tried = {name: value for name, value in dry.json().items() if name != "dry_run"}
    assert tried | {"updated_at": ""} == wet.json() | {"updated_at": ""}
    assert dry.headers["ETag"] == wet.headers["ETag"]


def test_prefer_asks_for_a_dry_run_too(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 7}, headers={"Prefer": "dry-run"})

    assert "changes" in response.json()["dry_run"]
    assert response.headers["Preference-Applied"] == "dry-run"


def test_a_dry_run_is_refused_as_the_real_call_would_be(api, room):
    with nothing_changes():
        dry = api.put(room_url(room) + "?dry_run=true", {"max_members": 0})

    assert dry.json() == api.put(room_url(room), {"max_members": 0}).json()


def test_a_stale_dry_run_is_refused(api, room):
    api.put(room_url(room), {"max_members": 7})
    with nothing_changes():
        response = api.put(
            room_url(room) + "?dry_run=true", {"max_members": 8}, headers={"If-Match": '"1"'}
        )

    assert response.status_code == 412


def test_of_a_live_room_it_says_when_the_edit_takes_effect(api, room):
    session = SessionFactory(room=room)

    response = api.put(room_url(room) + "?dry_run=true", {"max_members": 7})

    assert response.json()["dry_run"]["live"] == {
        "room_session_id": str(session.pk),
        "takes_effect": "next_session",
    }


def test_a_creation_is_tried_and_not_made(api, project):
    with nothing_changes():
        response = api.post(ROOMS_URL + "?dry_run=true", {"name": "daily", "max_members": 7})

    assert response.status_code == 201
    assert response.json()["max_members"] == 7
    assert response.json()["dry_run"]["changes"]["name"] == [None, "daily"]
    assert "Location" not in response.headers


def test_a_creation_under_a_taken_name_is_refused(api, room):
    with nothing_changes():
        response = api.post(ROOMS_URL + "?dry_run=true", {"name": room.name})

    assert faults(response) == [("name", "not_unique_within_project")]


def test_any_other_value_is_no_dry_run(api, room):
    api.put(room_url(room) + "?dry_run=false", {"max_members": 7})

    room.refresh_from_db()
    assert room.max_members == 7
