"""Which statements an index serves, and what none may be on."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from rooms.filters import RoomFilter
from rooms.models import Room

# SQLite plans, and keeps rows, in its own way.
pytestmark = pytest.mark.of_postgresql

# What moves with every change, and what moves most often.
KEEPS_ITS_PAGE = ("updated_at", "version", "max_members", "description", "meta", "audio_video_sync")


def test_no_index_is_on_what_moves_with_every_change(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'rooms_room'::regclass"
        )
        indexes = " ".join(definition for (definition,) in cursor.fetchall())

    words = set(re.findall(r"\w+", indexes))
    assert {"display_name", "join_from", "layout"} <= words
    assert words.isdisjoint(KEEPS_ITS_PAGE)


def test_a_change_stays_within_its_page(room):
    Room.objects.filter(pk=room.pk).update(max_members=9, version=2, updated_at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_hot_updated('rooms_room'::regclass)")
        assert cursor.fetchone() == (1,)


def plan(rooms):
    with connection.cursor() as cursor:
        # With so few rooms any plan is as good: only what an index can serve is asked.
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
def test_a_filter_is_served_by_its_index(db, query, index):
    assert index in plan(asked(query).order_by())


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
def test_an_order_is_served_by_its_index(db, order, index):
    assert index in plan(asked(f"ordering={order}")[:50])
