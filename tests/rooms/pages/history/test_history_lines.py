"""One line a change, in people's words; the rooms of a bulk edit are one line, too."""

import re
from datetime import UTC, datetime

import pytest
from django.utils.html import strip_tags

from rooms.bulk.engine import Bulk, Mode, chunks_of
from rooms.bulk.recipes import Recipe
from rooms.changes import delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, RoomFactory
from tests.support.history_pages import MARTA, change, page
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


def lines(html):
    """Return the texts of the lines on a page, without what their details show."""
    found = re.findall(r'<p class="words">(.*?)</p>', html, re.DOTALL)
    return [" ".join(strip_tags(one).split()) for one in found]


def bulk_edit(rooms, **values):
    chosen = Room.objects.filter(pk__in=[room.pk for room in rooms])
    bulk = Bulk(chosen, MARTA, rooms[0].project_id, Mode.ALL)
    bulk.run(bulk.changing(chunks_of(chosen, Recipe(values))), lambda result: None)
    return bulk.id


def wards(first, last):
    project = RoomFactory(name="ward-0").project
    return [
        RoomFactory(project=project, name=f"ward-{number}", display_name=f"Ward {number}")
        for number in range(first, last + 1)
    ]


def test_a_line_names_author_values_and_both_names_of_the_room(client, room):
    log_in(client)
    change(room, max_members=30)

    set_, created = lines(page(client, "/history"))

    assert set_ == "marta set Capacity 20 → 30 on Ward 3 ward-3"
    assert created.endswith("created Ward 3 ward-3")


def test_a_line_has_the_name_of_its_time_and_a_deleted_room_its_last(client, room):
    log_in(client)
    change(room, display_name="Ward 4")
    change(room, max_members=30)
    delete_room(Room.objects.all(), room.pk, by=TESTS)

    names = [re.search(r"Ward \d(?= ward-3)", line)[0] for line in lines(page(client, "/history"))]

    assert names == ["Ward 4", "Ward 4", "Ward 4", "Ward 3"]
    assert "/revert" not in page(client, "/history")


def test_a_line_is_short_and_its_details_are_complete(client, room):
    log_in(client)
    change(room, description="long " * 60, max_members=9, quality="1080p", meta={"a": 1})

    html = page(client, "/history")

    assert "long " * 60 not in html.partition("<details>")[0]
    assert lines(html)[0].count("→") == 3
    assert "and 1 more" in lines(html)[0]
    details = html.partition("<details>")[2].partition("</details>")[0]
    for words in ("long " * 59, '{"a": 1}'.replace('"', "&quot;"), "Version 2", "request req-1"):
        assert words in details


def test_days_begin_at_midnight_in_the_zone_of_the_user(client, room):
    log_in(client)
    RoomChange.objects.update(at=datetime(2025, 3, 1, 23, 30, tzinfo=UTC))
    heads = []
    for zone in ("UTC", "Europe/Berlin"):
        client.cookies["zone"] = zone
        html = page(client, "/history")
        heads += [*re.findall("<h2>(.*)</h2>", html), *re.findall(r">(\d\d:\d\d)</time>", html)]

    assert heads == ["Sat 1 Mar 2025", "23:30", "Sun 2 Mar 2025", "00:30"]


def test_a_bulk_edit_is_one_line_with_its_number_of_rooms(client):
    log_in(client)
    bulk = bulk_edit(wards(1, 5), max_members=30)

    html = page(client, "/history")

    words = "Bulk edit of 5 rooms by marta: Ward 5 ward-5, Ward 4 ward-4, Ward 3 ward-3, …"
    assert lines(html)[0] == words
    assert f'action="/bulk/{bulk}/undo"' in html
    assert f"/history?bulk={bulk}" in html
    # The changes themselves: of the bulk edit, and of the rooms that a search finds.
    assert len(lines(page(client, "/history", bulk=str(bulk)))) == 5
    assert "part of a bulk edit" in page(client, "/history", room="ward-5")


def test_a_bulk_edit_over_two_pages_has_the_same_number_on_both(client):
    log_in(client)
    bulk_edit(wards(1, 60), max_members=30)
    first = client.get("/history")
    second = client.get("/history", {"page": str(first.context["page"].after)})

    found = [lines(one.content.decode())[0] for one in (first, second)]

    assert all("Bulk edit of 60 rooms by marta" in words for words in found)
    assert ["50 of them" in found[0], "10 of them" in found[1]] == [True, True]


def test_bulk_edits_and_names_cost_one_statement_a_page(client, django_assert_num_queries):
    log_in(client)
    rooms = wards(1, 4)
    client.get("/history")
    with django_assert_num_queries(2):
        client.get("/history")
    for number in range(2, 6):
        bulk_edit(rooms, max_members=number)

    with django_assert_num_queries(3):
        client.get("/history")
