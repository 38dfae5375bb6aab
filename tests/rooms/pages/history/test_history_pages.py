from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.models import StaffLimit
from rooms.changes import delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.history_pages import change, page
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


def names(html):
    return html.count('id="change-')


def of(room):
    return reverse("room-page-history", args=[room.pk])


def test_history_shows_author_and_values_of_a_change(client, room):
    log_in(client)
    change(room, max_members=30)

    html = page(client, reverse("history"))

    for words in ("ward-3", "marta", "Admin", "Capacity", "20", "30", "request req-1"):
        assert words in html


def test_history_of_a_room_shows_only_that_room(client, room):
    log_in(client)
    change(RoomFactory(), max_members=31)
    change(room, max_members=30)

    html = page(client, of(room))

    assert names(html) == 2
    assert "Ward 3" in html


def test_history_is_kept_after_the_room_is_deleted(client, room):
    log_in(client)
    change(room, max_members=30)
    delete_room(Room.objects.all(), room.pk, by=TESTS)

    html = page(client, of(room))

    assert names(html) == 3
    assert "Revert" not in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"room": "WARD"}, 2),
        ({"room": "nothing"}, 0),
        ({"author": "mart"}, 1),
        ({"door": "admin"}, 1),
        ({"door": "api"}, 0),
        ({"action": "created"}, 1),
        ({"action": "no such"}, 2),
        ({"since": "1999-12-31"}, 2),
        ({"since": "2999-12-31"}, 0),
        ({"until": "1999-12-31"}, 0),
        ({"until": "no day"}, 2),
        ({"bulk": "no id"}, 2),
        ({"page": "no page"}, 2),
        ({"page": "PA01a20c21-6577-70f4-8563-5bc01282affc.eA"}, 2),
    ],
)
def test_history_is_filtered_by_the_query_string(client, room, query, found):
    log_in(client)
    change(room, max_members=30)

    assert names(page(client, reverse("history"), **query)) == found


def test_day_filter_uses_the_local_time_zone(client, room):
    log_in(client)
    client.cookies["zone"] = "Pacific/Kiritimati"
    there = timezone.now() + timedelta(hours=14)

    assert names(page(client, reverse("history"), since=f"{there:%Y-%m-%d}")) == 1
    assert names(page(client, reverse("history"), since=f"{there + timedelta(1):%Y-%m-%d}")) == 0


def test_pages_have_fifty_entries_and_links(client, room):
    log_in(client)
    for number in range(2, 62):
        change(room, max_members=number)
    first = client.get(of(room))
    older = client.get(of(room), {"page": str(first.context["page"].after)})

    assert [len(one.context["page"].rows) for one in (first, older)] == [50, 11]
    assert first.context["page"].before is None
    assert older.context["page"].after is None


def test_number_of_queries_does_not_depend_on_the_length_of_the_history(
    client, room, django_assert_max_num_queries
):
    log_in(client)
    for number in range(2, 42):
        change(room, max_members=number)

    with django_assert_max_num_queries(4):
        client.get(reverse("history"))
    with django_assert_max_num_queries(6):
        client.get(of(room))


def test_staff_see_only_the_history_of_their_projects(client, room):
    person = log_in(client, "rooms.view_roomchange", "rooms.change_room")
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory())
    entry = change(room, max_members=30)

    assert names(page(client, reverse("history"))) == 0
    assert client.get(of(room)).status_code == 404
    assert client.post(reverse("revert-page", args=[entry.pk])).status_code == 404
    assert RoomChange.objects.count() == 2


@pytest.mark.parametrize("name", ["history", "room-page-history", "revert-page"])
def test_history_needs_its_permission(client, room, name):
    entry = change(room, max_members=30)
    argument = {"history": [], "room-page-history": [room.pk], "revert-page": [entry.pk]}[name]
    url = reverse(name, args=argument)

    assert client.get(url).headers["Location"].startswith("/sign-in?next=/")
    log_in(client, "rooms.view_room")
    assert client.get(url).status_code == 403
