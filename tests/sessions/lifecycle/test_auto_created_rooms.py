"""Rooms that room tokens make: kept by an edit, and otherwise deleted after their session."""

import inspect

import pytest
from django.utils import timezone

from rooms.changes import change_room, create_room
from rooms.changes.validation import SETTINGS
from rooms.models import Room, RoomChange
from sessions.lifecycle import delete_unused_rooms, end
from sessions.lifecycle.auto_created import delete_if_unused, unused_rooms
from sessions.models import RoomSession
from tests.factories import TESTS
from tests.support.api import nothing_changes, room_url
from tests.support.html import log_in
from tests.support.lifecycle import join
from tests.support.room_channels import RoomChannels

OTHER = {
    "display_name": "Other",
    "description": "Other",
    "max_members": 9,
    "quality": "1080p",
    "join_from": "2030-01-01T00:00:00Z",
    "join_until": "2030-01-01T00:00:00Z",
    "remove_at": "2030-01-01T00:00:00Z",
    "remove_after_seconds_elapsed": 9,
    "layout": "1x1",
    "record_on_start": True,
    "enable_room_previews": True,
    "audio_video_sync": True,
    "meta": {"a": 1},
}


class MarkedRoomChannels(RoomChannels):
    """The same channels, for a room that a room token made."""

    def room(self, **values):
        values = {"name": "ward-5", **values}
        return create_room(self.project.pk, values, by=TESTS, auto_created=True).room


# The channels that change a room which exists.
EDITS = [
    name
    for name, channel in vars(RoomChannels).items()
    if inspect.isfunction(channel) and "self.room(" in inspect.getsource(channel)
]
KEEP_THE_MARK = {"api_dry_run", "model_save"}


@pytest.fixture
def made(project):
    """A room that a room token made, with a session in progress ."""
    return join(Room(project=project, name="lobby"), auto_create_room=True).session.room


def leave_all(room):
    end(RoomSession.objects.all(), RoomSession.objects.get(room=room, end_time=None).pk)


def clean_up():
    return delete_unused_rooms(timezone.now())


def is_marked(room):
    return Room.objects.get(pk=room.pk).auto_created


def test_only_rooms_of_tokens_are_marked(made, room):
    assert is_marked(made)
    assert not is_marked(room)


@pytest.mark.parametrize("name", EDITS)
def test_edit_by_any_channel_clears_the_mark(api, project, client, name):
    log_in(client)
    api.project = project
    channels = MarkedRoomChannels(api, client)

    getattr(channels, name)("After")

    assert Room.objects.get().auto_created == (name in KEEP_THE_MARK)


def test_edits_are_found_in_the_channels():
    assert set(EDITS) > KEEP_THE_MARK
    assert {"api_change", "bulk", "csv_change", "room_page", "bulk_page", "admin_change"} < set(
        EDITS
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_change_of_any_setting_clears_the_mark(api, made, name):
    response = api.put(room_url(made), {name: OTHER[name]})

    assert response.status_code == 200
    assert not is_marked(made)


def test_revert_clears_the_mark(api, made):
    change_room(Room.objects, made.pk, {"max_members": 9}, by=TESTS)
    Room.objects.filter(pk=made.pk).update(auto_created=True)
    change = RoomChange.objects.get(room_id=made.pk, version=2)

    assert api.post(f"{room_url(made)}/history/{change.pk}/revert").status_code == 200

    assert not is_marked(made)


@pytest.mark.parametrize("body", [{}, {"max_members": 20}, {"max_members": 0}])
def test_edit_without_effect_keeps_the_mark(api, made, body):
    with nothing_changes():
        api.put(room_url(made), body)

    assert is_marked(made)


def test_unused_room_is_deleted_and_its_session_stays(made):
    leave_all(made)

    assert clean_up() == 1

    assert not Room.objects.exists()
    session = RoomSession.objects.get()
    assert (session.room_id, session.name) == (None, "lobby")
    entry = RoomChange.objects.latest("pk")
    assert (entry.action, entry.channel, entry.author_name) == ("deleted", "session", "worker")
    assert entry.changes["name"] == ["lobby", None]


def test_room_stays_during_its_session(made):
    with nothing_changes():
        assert clean_up() == 0


def test_edited_room_stays_after_its_session(api, made):
    api.put(room_url(made), {"max_members": 9})
    leave_all(made)

    with nothing_changes():
        assert clean_up() == 0


def test_room_that_is_edited_after_the_worker_has_found_it_stays(made):
    leave_all(made)
    [found] = unused_rooms().values_list("pk", flat=True)
    change_room(Room.objects, made.pk, {"max_members": 9}, by=TESTS)

    with nothing_changes():
        assert not delete_if_unused(found)


def test_room_that_a_member_enters_after_the_worker_has_found_it_stays(made):
    leave_all(made)
    [found] = unused_rooms().values_list("pk", flat=True)
    join(made)

    with nothing_changes():
        assert not delete_if_unused(found)


def test_room_that_another_worker_has_deleted_is_skipped(made):
    leave_all(made)

    assert delete_if_unused(made.pk)
    assert not delete_if_unused(made.pk)


def test_other_rooms_stay_after_their_sessions(room):
    join(room)
    leave_all(room)

    with nothing_changes():
        assert clean_up() == 0


def test_one_turn_deletes_a_limited_number(project):
    for number in range(3):
        made = join(Room(project=project, name=f"r-{number}"), auto_create_room=True).session.room
        leave_all(made)

    assert delete_unused_rooms(timezone.now(), most=2) == 2
    assert Room.objects.count() == 1
