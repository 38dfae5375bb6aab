"""?dry_run=true: the answer of the real call, and not a byte written."""

from datetime import UTC, datetime

import pytest

from tests.factories import MemberFactory, SessionFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes, room_url


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
        "applied_now": {"changes": {"max_members": [20, 7]}, "removals": []},
    }


def test_of_a_live_room_it_says_who_would_be_removed_if_it_were_applied(api, room):
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


def test_of_a_live_room_it_says_what_the_session_could_not_take_over(api, room):
    # The session began under a window that the room has no more.
    SessionFactory(room=room, join_from=datetime(2030, 1, 1, tzinfo=UTC))

    with nothing_changes():
        response = api.put(room_url(room) + "?dry_run=true", {"join_until": "2029-01-01"})

    assert response.status_code == 200
    [sentence] = response.json()["dry_run"]["live"]["applied_now"]["refused"]
    assert sentence.startswith("join_until must be after join_from:")


def test_what_no_session_copies_is_nothing_to_apply(api, room):
    SessionFactory(room=room)

    response = api.put(room_url(room) + "?dry_run=true", {"meta": {"a": 1}})

    assert response.json()["dry_run"]["live"]["applied_now"] == {"changes": {}, "removals": []}


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
