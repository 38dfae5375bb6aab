"""Room lists are serialized from rows: byte for byte the same as with serializers and models."""

from datetime import UTC, datetime
from functools import partial

import pytest
from rest_framework.renderers import JSONRenderer

from access.api.keyset import AFTER, BEFORE, Page, Position
from access.api.renderers import JsonRenderer
from access.values.timestamps import LATEST
from rooms.api.list_rows import MOST, RoomPagination
from rooms.api.serializers import RoomSerializer, serialize_room, table
from rooms.models import Room, RoomFinder
from rooms.rules.fields import DEEPEST
from sessions.api import serializers as sessions
from tests.factories import EventFactory, MemberFactory, RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL

pytestmark = pytest.mark.django_db

deep = {}
for _ in range(DEEPEST - 1):
    deep = {"a": deep}
AWKWARD = [
    {},
    {"description": None, "meta": None, "join_from": None, "remove_after_seconds_elapsed": None},
    {
        "display_name": "Größer \u2014 大きい \U0001f600 <b>&amp;</b> \\ \"'",
        "description": "a\r\n\tb\n",
    },
    {"description": "\u2028\ufeff e\u0301", "quality": "1080p", "layout": "10x10"},
    {"join_from": "1970-01-01", "join_until": "2999-12-31T23:59:59Z", "remove_at": "2999-12-31"},
    {"remove_after_seconds_elapsed": 2**31 - 1, "max_members": 1, "record_on_start": True},
    {"audio_video_sync": True, "enable_room_previews": True},
    {
        "meta": {
            "b": [1, True, None, 1.5, -0.0, 1e22, 1e-7, 5e-324],
            "a": {},
            "": "",
            "é": "\U0001f600",
        }
    },
    {"meta": {"large": 2**70, "most": 2**64, "least": -(2**63), "long": 10**300}},
    {"meta": deep},
    {"name": "x" * 100, "display_name": "\u00e9" * 200, "description": "\u5927" * 3000},
]
MOMENTS = [
    datetime(2026, 7, 1, 12, 30, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    LATEST,
]


@pytest.fixture
def rooms(project):
    made = [RoomFactory(project=project, **values) for values in AWKWARD]
    # A test may store values that no client can.
    for room, moment in zip(made, MOMENTS, strict=False):
        Room.objects.filter(pk=room.pk).update(created_at=moment, updated_at=moment)
    SessionFactory(room=made[0])
    SessionFactory(room=made[1], ended=True)
    return Room.objects.filter(project=project)


def by_serializer(rooms):
    return RoomSerializer(rooms.order_by("-id"), many=True).data


def by_the_book(rooms):
    """Return the rooms as rendered by REST framework."""
    return JSONRenderer().render(by_serializer(rooms))


def test_serialized_rows_equal_the_serializers_output(rooms):
    drawn = table(list(rooms.order_by("-id").values_list(*table.columns)))

    assert len(drawn) == len(AWKWARD)
    assert JSONRenderer().render(drawn) == by_the_book(rooms)
    assert JsonRenderer().render(drawn[3:]) == JsonRenderer().render(by_serializer(rooms)[3:])
    assert list(drawn[0]) == list(RoomSerializer().fields)


def test_serialized_rooms_equal_the_serializers_output(rooms):
    rooms = rooms.with_active_session()

    drawn = [serialize_room(room) for room in rooms.order_by("-id")]

    assert [room["active_session"] is None for room in drawn].count(False) == 1
    assert JSONRenderer().render(drawn) == by_the_book(rooms)


@pytest.mark.parametrize(
    ("factory", "drawn_by", "serializer"),
    [
        (SessionFactory, sessions.serialize_session, sessions.RoomSessionSerializer),
        (
            partial(SessionFactory, ended=True),
            sessions.serialize_session,
            sessions.RoomSessionSerializer,
        ),
        (MemberFactory, sessions.serialize_member, sessions.MemberSerializer),
        (partial(MemberFactory, left=True), sessions.serialize_member, sessions.MemberSerializer),
        (
            partial(EventFactory, payload={"é": [1, None, {"a": 1.5}], "": True}),
            sessions.serialize_event,
            sessions.SessionEventSerializer,
        ),
    ],
)
def test_serialized_members_and_events_equal_their_serializers_output(
    factory, drawn_by, serializer
):
    made = factory()
    row = type(made).objects.get(pk=made.pk)

    assert JSONRenderer().render(drawn_by(row)) == JSONRenderer().render(serializer(row).data)


def test_no_rows_are_an_empty_list():
    assert table([]) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?page_size=100",
        "?name=x",
        "?ordering=-join_from",
        "?include_active_session=true",
        "?include_active_session=true&ordering=name",
    ],
)
def test_list_equals_the_serializers_output(api, rooms, query):
    asked = rooms.with_active_session() if "session" in query else rooms
    expected = {room["id"]: room for room in by_serializer(asked)}

    found = api.get(ROOMS_URL + query).json()["data"]

    assert len(found) == (1 if "name=x" in query else len(AWKWARD))
    said = [expected[room["id"]] for room in found]
    assert JSONRenderer().render(found) == JSONRenderer().render(said)


# Without a transaction around the test, because libpq is used only outside of transactions.
@pytest.mark.django_db(transaction=True)
def test_prepared_page_query_returns_the_orms_rows(project):
    rooms = Room.objects.filter(project=project)
    prepared, by_orm = RoomPagination(), RoomPagination()
    prepared.finder = RoomFinder(project.pk)
    made = [room.pk for room in RoomFactory.create_batch(MOST + 3, project=project)]
    RoomFactory()
    places = [None]
    places += [Position(way, made[at]) for way in (AFTER, BEFORE) for at in (0, 3, 30, MOST + 2)]

    for position in places:
        page, expected = (
            Page.of(rooms, position, MOST - 1, paginator.fetch) for paginator in (prepared, by_orm)
        )
        assert page == expected
        assert [row.id for row in page.rows] == [
            room.pk for room in Page.of(rooms, position, MOST - 1).rows
        ]
