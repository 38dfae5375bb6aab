"""Indexes: the statements they serve, and the columns that must have none."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from access.api.keyset import AFTER, BEFORE, Ordering, placed
from rooms.filters import RoomFilter
from rooms.models import Room
from rooms.pages.list_query import rooms_in_order
from rooms.pages.page_filter import PageFilter
from sessions.media.retention import expired_recordings
from sessions.models import Recording

# SQLite's planner and storage work differently.
pytestmark = pytest.mark.of_postgresql

# Columns that every change writes, or that change most often.
KEEPS_ITS_PAGE = ("updated_at", "version", "max_members", "description", "meta", "audio_video_sync")


def test_frequently_changed_columns_have_no_index(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'rooms_room'::regclass"
        )
        indexes = " ".join(definition for (definition,) in cursor.fetchall())

    words = set(re.findall(r"\w+", indexes))
    assert {"display_name", "join_from", "layout"} <= words
    assert words.isdisjoint(KEEPS_ITS_PAGE)


def updates_on_their_page():
    """Return how many this connection has made; earlier tests' updates may count, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_hot_updated('rooms_room'::regclass)")
        return cursor.fetchone()[0]


def test_update_stays_on_its_page(room):
    before = updates_on_their_page()

    # Every change writes auto_created, which mostly is false already.
    written = {"max_members": 9, "version": 2, "updated_at": timezone.now(), "auto_created": False}
    Room.objects.filter(pk=room.pk).update(**written)

    assert updates_on_their_page() - before == 1


def plan(rooms):
    with connection.cursor() as cursor:
        # Any plan is good for few rooms, so only the possible use of an index is checked.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return rooms.explain()


def asked(query):
    return RoomFilter(QueryDict(query), Room.objects.all()).narrowed()


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("starts_after=2031-01-01", "room_opens_down"),
        ("ends_before=1990-01-01", "room_closes_up"),
    ],
)
def test_filter_can_use_its_index(db, query, index):
    assert index in plan(asked(query).order_by())


def test_rooms_that_open_today_can_use_an_index(db):
    found = plan(PageFilter({"opens": "today"}, Room.objects.all()).narrowed().order_by())

    assert "room_opens_up" in found


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("-remove_at", "room_removes_down"),
        ("remove_at", "room_removes_up"),
        ("-join_from", "room_opens_down"),
        ("join_until", "room_closes_up"),
        ("display_name", "room_by_display_name"),
    ],
)
def test_ordering_can_use_its_index(db, order, index):
    assert index in plan(asked(f"ordering={order}")[:50])


@pytest.mark.parametrize(
    ("index", "narrowed"), [("room_by_display_name", {}), ("room_by_name_in_project", {"project"})]
)
def test_each_page_of_the_list_from_a_to_z_can_use_its_index(room, index, narrowed):
    rooms = Room.objects.filter(**{name: getattr(room, name) for name in narrowed})
    rooms = rooms_in_order({}, rooms)
    order = Ordering.of(rooms)

    for position in (None, order.beside(room, AFTER), order.beside(room, BEFORE)):
        found = plan(placed(rooms, order, position)[:51])
        assert index in found
        # The condition limits the part of the index that is read.
        assert position is None or "Index Cond" in found


def test_rooms_and_sessions_of_a_period_can_use_their_indexes(db):
    start = timezone.now()

    found = plan(Room.objects.during(start, start + timedelta(days=7), start))

    assert "room_period" in found
    assert "roomsession_period" in found


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            Recording.objects.kept().filter(project_id=UUID(int=1)).order_by("-pk"),
            "recording_kept_in_project",
        ),
        (expired_recordings(UUID(int=1), timezone.now()), "recording_finished"),
        (
            Recording.objects.with_files_to_remove(timezone.now()),
            "recording_with_files_to_remove",
        ),
    ],
)
def test_recordings_are_found_by_an_index(db, rows, index):
    assert index in plan(rows)
