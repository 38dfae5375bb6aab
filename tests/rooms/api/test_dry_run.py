"""?dry_run=true: the response of the real request, without any write."""

from datetime import UTC, datetime

import pytest

from tests.factories import MemberFactory, SessionFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes, room_url


@pytest.mark.parametrize("method", ["put", "patch"])
def test_dry_run_of_an_update_changes_nothing(api, room, method):
    with nothing_changes():
        dry = getattr(api, method)(room_url(room) + "?dry_run=true", {"max_members": 7})

    assert dry.status_code == 200
    assert dry.json()["max_members"] == 7
    assert dry.json()["dry_run"] == {"changes": {"max_members": [20, 7]}, "live": None}


def test_rest_of_the_response_equals_the_real_one(api, room):
    dry = api.put(room_url(room) + "?dry_run=1", {"max_members": 7})
    wet = api.put(room_url(room), {"max_members": 7})

    tried = {name: value for name, value in dry.json().items() if name != "dry_run"}
    assert tried | {"updated_at": ""} == wet.json() | {"updated_at": ""}
    assert dry.headers["ETag"] == wet.headers["ETag"]


def test_prefer_header_requests_a_dry_run_too(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 7}, headers={"Prefer": "dry-run"})

    assert "changes" in response.json()["dry_run"]
    assert response.headers["Preference-Applied"] == "dry-run"


def test_dry_run_is_refused_like_the_real_request(api, room):
    with nothing_changes():
        dry = api.put(room_url(room) + "?dry_run=true", {"max_members": 0})

    assert dry.json() == api.put(room_url(room), {"max_members": 0}).json()


def test_stale_dry_run_is_refused(api, room):
    api.put(room_url(room), {"max_members": 7})
    with nothing_changes():
        response = api.put(
            room_url(room) + "?dry_run=true", {"max_members": 8}, headers={"If-Match": '"1"'}
        )

    assert response.status_code == 412


def test_dry_run_for_a_live_room_shows_when_the_edit_takes_effect(api, room):
    session = SessionFactory(room=room)

    response = api.put(room_url(room) + "?dry_run=true", {"max_members": 7})

    assert response.json()["dry_run"]["live"] == {
        "room_session_id": str(session.pk),
        "takes_effect": "next_session",
        "applied_now": {"changes": {"max_members": [20, 7]}, "removals": []},
    }


def test_dry_run_for_a_live_room_lists_the_removals_if_applied_now(api, room):
    session = SessionFactory(room=room)
    member = MemberFactory(session=session, name="Ada")

    with nothing_changes():
        response = api.put(room_url(room) + "?dry_run=true", {"remove_at": "2020-01-01"})

    applied = response.json()["dry_run"]["live"]["applied_now"]
    assert applied["changes"] == {"remove_at": [None, "2020-01-01T00:00:00Z"]}
    [removal] = applied["removals"]
    assert removal["member"] == {"id": str(member.pk), "name": "Ada"}
    assert removal["leave_by"][0] is None
    assert removal["at_once"] is True


def test_dry_run_for_a_live_room_shows_settings_that_the_session_would_refuse(api, room):
    # The session has a join_from that the room no longer has.
    SessionFactory(room=room, join_from=datetime(2030, 1, 1, tzinfo=UTC))

    with nothing_changes():
        response = api.put(room_url(room) + "?dry_run=true", {"join_until": "2029-01-01"})

    assert response.status_code == 200
    [sentence] = response.json()["dry_run"]["live"]["applied_now"]["refused"]
    assert sentence.startswith("join_until must be after join_from:")


def test_settings_that_sessions_do_not_copy_are_not_applied(api, room):
    SessionFactory(room=room)

    response = api.put(room_url(room) + "?dry_run=true", {"meta": {"a": 1}})

    assert response.json()["dry_run"]["live"]["applied_now"] == {"changes": {}, "removals": []}


def test_dry_run_of_a_creation_creates_nothing(api, project):
    with nothing_changes():
        response = api.post(ROOMS_URL + "?dry_run=true", {"name": "daily", "max_members": 7})

    assert response.status_code == 200
    assert response.json()["max_members"] == 7
    assert response.json()["dry_run"]["changes"]["name"] == [None, "daily"]
    assert "Location" not in response.headers


def test_dry_run_of_a_creation_with_a_taken_name_is_refused(api, room):
    with nothing_changes():
        response = api.post(ROOMS_URL + "?dry_run=true", {"name": room.name})

    assert faults(response) == [("name", "not_unique_within_project")]


def test_other_values_of_dry_run_mean_a_real_request(api, room):
    api.put(room_url(room) + "?dry_run=false", {"max_members": 7})

    room.refresh_from_db()
    assert room.max_members == 7
