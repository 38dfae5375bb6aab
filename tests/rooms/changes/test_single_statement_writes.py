"""Single-statement writes leave the same rooms and history as the ORM's statements."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rooms.changes import change_chunk, change_room
from rooms.changes.chunks import write_by_orm
from rooms.changes.sql import single_statement
from rooms.changes.validation import SETTINGS, validate_change
from rooms.models import Room, RoomFinder
from rooms.models.history import Author, AuthorKind, Channel, RoomChange
from tests.factories import RoomFactory

# Without a transaction around the test, so that another change can come between.
pytestmark = pytest.mark.django_db(transaction=True)

BY = Author(AuthorKind.TOKEN, id="7", name="Ünal's script", channel=Channel.API, request_id="r-1")
EVERYTHING = {
    "display_name": "Größer — 大きい",
    "description": "two\nlines, a ' and a %s",
    "max_members": 300,
    "quality": "1080p",
    "join_from": "2030-01-01T10:00:00+02:00",
    "join_until": "2030-01-02",
    "remove_at": "2030-01-03",
    "remove_after_seconds_elapsed": 2**31 - 1,
    "layout": "10x10",
    "record_on_start": True,
    "enable_room_previews": True,
    "audio_video_sync": True,
    "meta": {"b": [1, True, None, 1.5, "é"], "a": {}},
}
EDITS = [EVERYTHING, *({name: value} for name, value in EVERYTHING.items())]
EDITS += [{"description": None, "join_from": None, "remove_at": None, "meta": None}]
# JSON numbers with unusual notations.
EDITS += [{"meta": {"large": 2**70, "least": -(2**63), "tiny": 5e-324, "e": 1e22, "zero": -0.0}}]
EDITS += [{"description": '\\u0041 \\\\ " \u2028 \U0001f600 {} %(a)s'}]


def left(room):
    """Return the room's row and its last history row, without values unique to each row."""
    row = Room.objects.filter(pk=room.pk).values().get()
    entry = RoomChange.objects.filter(room_id=room.pk).order_by("-id").values().first()
    assert entry["at"] == row["updated_at"]
    former = entry["former_names"]
    entry["former_names"] = former and former.replace(row["name"], "")
    own = {"id", "name", "room_id", "room_name", "created_at", "updated_at", "at", "bulk_id"}
    return [{key: found[key] for key in found.keys() - own} for found in (row, entry)]


def by_orm(edits):
    """Change rooms with the ORM's statements, on every database."""
    with transaction.atomic():
        changes = [
            validate_change(Room.objects.select_for_update().get(pk=room.pk), edit)
            for room, edit in edits.items()
        ]
        write_by_orm(changes, BY, bulk_id=uuid.uuid4())


def test_every_setting_is_tested():
    assert EVERYTHING.keys() == set(SETTINGS)


@pytest.mark.parametrize("edit", EDITS, ids=",".join)
def test_single_statement_equals_the_orm_for_one_room(project, edit):
    given = {"display_name": "d", "description": "e", "remove_at": "2031-01-01", "meta": {"c": 1}}
    one, other = RoomFactory.create_batch(2, project=project, **given)

    change_room(RoomFinder(project.pk), one.pk, edit, by=BY)
    by_orm({other: edit})

    assert left(one) == left(other)


def test_single_statement_equals_the_orm_for_many_rooms(project):
    given = {"display_name": "d", "description": "e", "remove_at": "2031-01-01", "meta": {"c": 1}}
    ones, others = (RoomFactory.create_batch(len(EDITS), project=project, **given) for _ in "ab")
    edits = {room.pk: edit for room, edit in zip(ones, EDITS, strict=True)}

    change_chunk(Room.objects.all(), edits, by=BY, bulk_id=uuid.uuid4())
    by_orm(dict(zip(others, EDITS, strict=True)))

    assert [left(room) for room in ones] == [left(room) for room in others]


def test_number_of_queries_does_not_depend_on_the_chunk_size(project):
    costs = []
    for size in (1, 30):
        edits = {room.pk: EVERYTHING for room in RoomFactory.create_batch(size, project=project)}
        with CaptureQueriesContext(connection) as queries:
            change_chunk(Room.objects.all(), edits, by=BY, bulk_id=uuid.uuid4())
        costs.append(len(queries))

    # BEGIN, SELECT, one or two writes, COMMIT.
    assert costs == [4 if single_statement() else 5] * 2


def test_history_of_a_chunk_is_in_the_order_of_room_ids(project):
    rooms = RoomFactory.create_batch(9, project=project)
    edits = {room.pk: {"max_members": 5} for room in rooms[::-1]}

    change_chunk(Room.objects.all(), edits, by=BY, bulk_id=(bulk_id := uuid.uuid4()))

    changes = RoomChange.objects.filter(bulk_id=bulk_id).order_by("id")
    assert [change.room_id for change in changes] == sorted(edits)


def test_other_rooms_are_not_changed(project, room):
    RoomFactory.create_batch(2, project=project)
    others = Room.objects.exclude(pk=room.pk).values()
    before = list(others.all())

    change_room(RoomFinder(project.pk), room.pk, {"max_members": 5}, by=BY)

    assert list(others.all()) == before
    assert [one.room_id for one in RoomChange.objects.filter(action="changed")] == [room.pk]


def test_room_changed_after_it_was_read_is_read_again(project, room):
    rooms, seen = RoomFinder(project.pk), []

    def edit(found):
        seen.append(found.version)
        # In a transaction, as always on SQLite, the row is locked and no other change comes
        # between.
        if len(seen) == 1 and not connection.in_atomic_block:
            change_room(rooms, room.pk, {"max_members": 7}, by=BY)
        return {"display_name": f"{found.max_members} seats"}

    change = change_room(rooms, room.pk, edit, by=BY)

    room.refresh_from_db()
    assert seen == ([1, 2] if single_statement() else [1])
    assert room.display_name == f"{room.max_members} seats"
    assert room.version == change.room.version == seen[-1] + 1
    versions = RoomChange.objects.filter(room_id=room.pk).values_list("version", flat=True)
    assert sorted(versions) == list(range(1, room.version + 1))
