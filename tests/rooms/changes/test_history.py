"""RoomChange: each change with its author and values; it is kept after the room is deleted."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rooms.changes import change_room, create_room, delete_room
from rooms.models import Room, RoomChange
from rooms.models.history import Author, AuthorKind, Channel
from tests.factories import TESTS, StaffFactory
from tests.support.api import room_url
from tests.support.changes import changed


def test_change_records_each_field_before_and_after(room):
    after = changed(
        room,
        {
            "max_members": 5,
            "join_from": "2030-01-01T02:00:00+02:00",
            "meta": {"b": 1, "a": None},
            "record_on_start": True,
            "description": "new",
            "quality": "720p",
        },
    )

    entry = RoomChange.objects.first()
    assert entry.changes == {
        "max_members": [20, 5],
        "join_from": [None, "2030-01-01T00:00:00Z"],
        "meta": [{}, {"b": 1, "a": None}],
        "record_on_start": [False, True],
        "description": [None, "new"],
    }
    assert (entry.action, entry.version) == ("changed", 2)
    assert (entry.room_id, entry.room_name, entry.project_id) == (
        room.pk,
        room.name,
        room.project_id,
    )
    assert entry.at == after.updated_at
    assert entry.bulk_id is None


def test_creation_records_every_setting_with_null_before(project):
    room = create_room(project.pk, {"name": "lobby", "max_members": 5}, by=TESTS).room

    entry = RoomChange.objects.get()
    assert (entry.action, entry.version, entry.at) == ("created", 1, room.created_at)
    assert entry.changes["name"] == [None, "lobby"]
    assert entry.changes["max_members"] == [None, 5]
    assert entry.changes["layout"] == [None, "grid-responsive"]
    assert entry.changes["join_from"] == [None, None]


def test_creation_records_its_bulk_change(project):
    bulk_id = uuid.uuid4()

    room = create_room(project.pk, {"name": "lobby"}, by=TESTS, bulk_id=bulk_id).room

    assert RoomChange.objects.get(room_id=room.pk).bulk_id == bulk_id


def test_change_without_effect_is_not_recorded(room):
    before = RoomChange.objects.count()

    changed(room, {"max_members": 20, "meta": {}, "name": room.name})

    assert RoomChange.objects.count() == before


def test_true_and_one_are_different_values_in_meta(room):
    changed(room, {"meta": {"a": 1}})
    changed(room, {"meta": {"a": True}})

    entry = RoomChange.objects.first()
    assert entry.version == 3
    assert repr(entry.changes["meta"]) == "[{'a': 1}, {'a': True}]"


def test_deletion_is_recorded_at_its_own_time(room):
    yesterday = timezone.now() - timedelta(days=1)
    Room.objects.update(updated_at=yesterday)

    delete_room(Room.objects.all(), room.pk, by=TESTS)

    assert RoomChange.objects.get(room_id=room.pk, action="deleted").at > yesterday


def test_change_is_recorded_at_the_rooms_updated_at(room):
    changed = change_room(Room.objects.all(), room.pk, {"max_members": 5}, by=TESTS).room

    assert RoomChange.objects.get(room_id=room.pk, version=2).at == changed.updated_at


def test_versions_have_no_gap(room):
    for number in range(30, 35):
        changed(room, {"max_members": number})
    delete_room(Room.objects.all(), room.pk, by=TESTS)

    versions = RoomChange.objects.filter(room_id=room.pk).order_by("pk")
    assert list(versions.values_list("version", flat=True)) == [1, 2, 3, 4, 5, 6, 7]


def test_replayed_history_equals_the_room(room):
    for values in ({"max_members": 5}, {"meta": {"a": 1}}, {"max_members": 6, "layout": "1x1"}):
        room = changed(room, values)

    state = {}
    for entry in RoomChange.objects.order_by("version"):
        for name, (before, after) in entry.changes.items():
            assert state.get(name) == before
            state[name] = after

    for name, value in state.items():
        assert Room._meta.get_field(name).to_json(getattr(room, name)) == value


def test_history_is_kept_after_room_token_user_and_project_are_deleted(api, token, room, project):
    user = StaffFactory()
    by_staff = Author(AuthorKind.USER, str(user.pk), user.username, Channel.FORM)
    api.put(room_url(room), {"max_members": 5})
    changed(room, {"max_members": 6}, by=by_staff)

    delete_room(Room.objects.all(), room.pk, by=by_staff)
    token.delete()
    user.delete()
    project.delete()

    entries = RoomChange.objects.order_by("version")
    assert [entry.action for entry in entries] == ["created", "changed", "changed", "deleted"]
    assert {entry.room_id for entry in entries} == {room.pk}
    assert entries[1].author_name == token.name
    assert entries[3].author_name == user.username


def test_room_and_its_history_are_written_in_one_transaction(room):
    # The next version exists already, so the history row cannot be inserted.
    RoomChange.objects.create(
        project_id=room.project_id,
        room_id=room.pk,
        room_name="x",
        version=2,
        action="changed",
        changes={},
        author_kind="system",
        author_id="",
        author_name="x",
        channel="shell",
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        changed(room, {"max_members": 5})

    room.refresh_from_db()
    assert (room.max_members, room.version) == (20, 1)


def test_any_text_is_recorded_unchanged(room):
    text = "\u00e9\U0001f600 <b>%s"
    author = Author(AuthorKind.USER, str(uuid.uuid4()), text, Channel.FORM, "r" * 128)
    changed(room, {"display_name": text}, by=author)

    entry = RoomChange.objects.first()
    assert entry.author_name == text
    assert entry.changes["display_name"][1] == text
