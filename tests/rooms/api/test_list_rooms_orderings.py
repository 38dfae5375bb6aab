"""GET /rooms: orderings, and page tokens that belong to one."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.models import Room
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, messages, room_url
from tests.support.api_pages import ORDERINGS, flat, links, make, names, pages
from tests.support.tables import each


@pytest.mark.parametrize(
    ("made_for", "used_for"), [("name", "max_members"), ("name", "updated_at")]
)
def test_page_token_of_another_ordering_is_refused(api, project, made_for, used_for):
    make(project, 2)
    following = links(api.get(ROOMS_URL, {"page_size": 1, "ordering": made_for}))["next"]
    token = parse_qs(urlsplit(following).query)["page_token"][0]

    response = api.get(ROOMS_URL, {"ordering": used_for, "page_token": token})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@each("ordering", ORDERINGS[1:])
def test_page_token_without_the_value_of_its_ordering_is_refused(api, room, ordering):
    response = api.get(ROOMS_URL, {"ordering": ordering, "page_token": f"PA{room.pk}"})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@each("value", ["MjA", ""])
def test_page_token_with_an_unexpected_value_is_refused(api, room, value):
    response = api.get(ROOMS_URL, {"page_token": f"PA{room.pk}.{value}"})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@each(
    "value",
    ["99999999999999999999", "1e3", "NaN", "Infinity", " 5", "\u0665", "9999-99-99", "x" * 5000],
)
@each("ordering", ["max_members", "updated_at", "join_until"])
def test_page_token_with_an_impossible_value_is_not_a_server_error(api, room, ordering, value):
    text = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    response = api.get(ROOMS_URL, {"ordering": ordering, "page_token": f"PA{room.pk}.{text}"})

    assert response.status_code in (200, 422), response.content


@pytest.fixture
def mixed(project):
    """Rooms with equal and null values in every field that can be sorted by."""
    day = whole_second(timezone.now())
    for i in range(7):
        later = None if i in (0, 4) else day + timedelta(days=1 + i // 2)
        RoomFactory(
            project=project,
            name=f"room{'CabAcBx'[i]}",
            display_name=["same", "same", "\u00c9", "a b", "z", "Same", "=1"][i],
            max_members=10 + i % 3,
            join_from=day if i % 2 else None,
            join_until=later,
            remove_at=later,
        )
    rows = list(Room.objects.order_by("pk"))
    # Two rooms with the same time; a test may store values that no client can.
    Room.objects.filter(pk__in=[rows[2].pk, rows[5].pk]).update(updated_at=day)
    return list(Room.objects.order_by("pk"))


@each("sign", ["", "-"])
@each("field", ORDERINGS)
@each("size", [1, 2, 3, 50])
def test_pages_of_every_ordering_contain_every_room_once(api, mixed, field, sign, size):
    whole = names(api.get(ROOMS_URL, {"ordering": sign + field}))
    url = f"{ROOMS_URL}?ordering={sign}{field}&page_size={size}"

    forwards = pages(api, url)

    assert flat(forwards) == whole
    assert sorted(whole) == sorted(room.name for room in mixed)
    last = url
    while "next" in links(api.get(last)):
        last = links(api.get(last))["next"]
    assert pages(api, last, "prev")[::-1] == forwards


@each("field", ["updated_at", "max_members", "join_from", "join_until"])
@each("sign", ["", "-"])
def test_rooms_are_sorted_by_value_then_id_with_nulls_last(api, mixed, field, sign):
    down = bool(sign)
    having = [room for room in mixed if getattr(room, field) is not None]
    lacking = [room for room in mixed if getattr(room, field) is None]
    expected = sorted(having, key=lambda room: (getattr(room, field), room.pk), reverse=down)
    expected += sorted(lacking, key=lambda room: room.pk, reverse=down)

    listed = names(api.get(ROOMS_URL, {"ordering": sign + field}))

    assert listed == [room.name for room in expected]


def test_created_at_sorts_by_creation(api, project):
    newest_first = make(project, 3)

    assert names(api.get(ROOMS_URL, {"ordering": "created_at"})) == newest_first[::-1]
    assert names(api.get(ROOMS_URL, {"ordering": "-created_at"})) == newest_first


def test_ordering_and_filter_can_be_combined(api, mixed):
    listed = pages(api, f"{ROOMS_URL}?ordering=-max_members&page_size=1&search=same")

    assert sorted(flat(listed)) == ["roomB", "roomC", "rooma"]


def test_room_moved_between_two_pages_leaves_no_gap(api, project):
    make(project, 4, max_members=20)
    first = api.get(ROOMS_URL, {"ordering": "max_members", "page_size": 2})
    api.put(room_url(Room.objects.get(name="r0")), {"max_members": 300})

    second = api.get(links(first)["next"])

    assert names(first) == ["r0", "r1"]
    assert names(second) == ["r2", "r3"]
    assert names(api.get(links(second)["next"])) == ["r0"]


@each("ordering", ["id", "version", "project", "--name", "name,id", "\x00"])
def test_unknown_ordering_is_refused(api, ordering):
    response = api.get(ROOMS_URL, {"ordering": ordering})

    assert faults(response) == [("ordering", "invalid_parameter")]
    assert "-remove_at" in messages(response)["ordering"]
