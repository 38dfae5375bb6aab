"""The real client creates, reads, changes, lists and deletes rooms."""

import pytest

from access.values.timestamps import format_timestamp, parse_timestamp
from rooms.models import Room, RoomChange
from tests.factories import RoomFactory
from tests.support.api import nothing_changes


def test_create_room(video, token):
    made = video.rooms.create(
        name="standup",
        display_name="Weekly stand-up",
        max_members=30,
        quality="1080p",
        join_from="2022-01-01T23:59:60Z",
        layout="3x3",
        record_on_start=True,
        sync_audio_video=True,
        meta={"team": "platform"},
    )

    room = Room.objects.get()
    assert made["id"] == str(room.pk)
    assert (room.project, room.name, room.display_name) == (
        token.project,
        "standup",
        "Weekly stand-up",
    )
    assert (room.max_members, room.quality, room.layout) == (30, "1080p", "3x3")
    assert (room.record_on_start, room.audio_video_sync) == (True, True)
    assert room.join_from == parse_timestamp("2022-01-02")
    assert room.meta == {"team": "platform"}
    assert RoomChange.objects.get().author_id == str(token.pk)


def test_get_room_by_id_and_by_name(video, room):
    by_id = video.rooms.get(str(room.pk))

    assert by_id == video.rooms.get("standup")
    assert by_id["description"] == "Mondays."


def test_update_one_field_and_keep_the_others(video, room):
    drawn = video.rooms.update(str(room.pk), max_members=12)

    assert drawn["max_members"] == 12
    room.refresh_from_db()
    assert (room.max_members, room.description, room.version) == (12, "Mondays.", 2)


def test_update_without_values_changes_nothing(video, room):
    with nothing_changes():
        drawn = video.rooms.update(str(room.pk))

    assert drawn["updated_at"] == format_timestamp(room.updated_at)


def test_update_to_null_needs_extras(video, room):
    # The client drops arguments that are None, and offers extras for them.
    with nothing_changes():
        video.rooms.update(str(room.pk), description=None)
    drawn = video.rooms.update(str(room.pk), extras={"description": None})

    assert drawn["description"] is None
    room.refresh_from_db()
    assert room.description is None


def test_update_sends_fields_unknown_to_the_client(video, room):
    video.rooms.update(str(room.pk), audio_video_sync=True, not_ours="ignored")

    room.refresh_from_db()
    assert (room.audio_video_sync, room.version) == (True, 2)


def test_room_can_be_sent_back_as_received(video, room):
    drawn = video.rooms.get("standup")

    with nothing_changes():
        assert video.rooms.update(str(room.pk), extras=drawn) == drawn


def test_delete_room(video, room):
    assert video.rooms.delete(str(room.pk)) == {}

    assert not Room.objects.exists()
    assert RoomChange.objects.first().action == "deleted"


def test_list_rooms_newest_first_and_filtered(video, token):
    rooms = RoomFactory.create_batch(3, project=token.project)
    RoomFactory(project=token.project, quality="1080p")
    RoomFactory()

    page = video.rooms.list(quality="720p")

    assert [item["id"] for item in page["data"]] == [str(room.pk) for room in reversed(rooms)]
    assert "next" not in page["links"]


@pytest.mark.parametrize("ordering", ["-created_at", "name", "-join_from"])
def test_paginate_yields_every_room_once(video, token, ordering):
    rooms = RoomFactory.create_batch(7, project=token.project, quality="1080p")
    RoomFactory(project=token.project)

    items = list(video.rooms.paginate(page_size=2, quality="1080p", ordering=ordering))

    assert sorted(item["id"] for item in items) == sorted(str(room.pk) for room in rooms)
