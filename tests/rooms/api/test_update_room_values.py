"""PUT and PATCH /rooms/{id}: null, the older name of a field, and the window as a whole."""

import pytest

from tests.factories import RoomFactory
from tests.support.api import faults, nothing_changes, room_url
from tests.support.room_values import EVERYTHING, NOON


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("description", None),
        ("join_from", None),
        ("join_until", None),
        ("remove_at", None),
        ("remove_after_seconds_elapsed", None),
        ("meta", {}),
    ],
)
def test_null_clears_a_field(api, project, name, default):
    room = RoomFactory(project=project, **EVERYTHING)

    response = api.put(room_url(room), {name: None})

    assert response.status_code == 200
    assert response.json()[name] == default
    room.refresh_from_db()
    assert getattr(room, name) == default


def test_null_resets_the_display_name_to_the_name(api, project):
    room = RoomFactory(project=project, name="lobby", display_name="The lobby")

    response = api.put(room_url(room), {"display_name": None})

    assert response.json()["display_name"] == "lobby"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("max_members", "not_an_integer"),
        ("quality", "invalid_parameter"),
        ("layout", "invalid_parameter"),
        ("record_on_start", "not_a_boolean"),
        ("enable_room_previews", "not_a_boolean"),
        ("audio_video_sync", "not_a_boolean"),
    ],
)
def test_null_is_refused_for_required_fields(change, name, code):
    with nothing_changes():
        response = change({name: None})

    assert faults(response) == [(name, code)]


def test_sync_audio_video_is_an_alias_of_audio_video_sync(change, room):
    answer = change({"sync_audio_video": True}).json()

    assert answer["audio_video_sync"] is True
    assert answer["sync_audio_video"] is True
    room.refresh_from_db()
    assert room.audio_video_sync is True


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("changed", ["audio_video_sync", "sync_audio_video"])
def test_changed_one_of_two_names_counts_in_a_returned_object(api, project, changed, before):
    room = RoomFactory(project=project, audio_video_sync=before)
    answer = api.get(room_url(room)).json()

    response = api.put(room_url(room), {**answer, changed: not before})

    assert response.json()["audio_video_sync"] is not before
    assert response.json()["sync_audio_video"] is not before


def test_invalid_value_of_the_alias_is_refused(change):
    with nothing_changes():
        response = change({"sync_audio_video": "yes"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "not_a_boolean"


def test_invalid_value_of_the_older_name_is_always_refused(change):
    with nothing_changes():
        response = change({"audio_video_sync": "yes", "sync_audio_video": True})

    assert faults(response) == [("audio_video_sync", "not_a_boolean")]


def test_window_is_validated_with_the_rooms_other_values(api, project):
    room = RoomFactory(project=project, join_from=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"join_until": "2030-01-01T11:59:59Z"})

    assert faults(response) == [("join_until", "invalid_join_until_date")]


def test_join_from_after_join_until_is_refused(api, project):
    room = RoomFactory(project=project, join_until=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"join_from": "2030-01-01T12:00:00Z"})

    assert faults(response) == [("join_until", "invalid_join_until_date")]


def test_remove_at_before_join_from_is_refused(api, project):
    room = RoomFactory(project=project, join_from=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"remove_at": "2030-01-01T12:00:00Z"})

    assert faults(response) == [("remove_at", "invalid_parameter")]


def test_whole_window_can_be_moved(api, project):
    room = RoomFactory(project=project, join_from=NOON, join_until=NOON.replace(hour=13))

    response = api.put(
        room_url(room),
        {"join_from": "2031-01-01T00:00:00+02:00", "join_until": "2030-12-31T23:00:00Z"},
    )

    assert response.status_code == 200
    assert response.json()["join_from"] == "2030-12-31T22:00:00Z"
