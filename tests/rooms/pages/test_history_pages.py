import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.models import StaffLimit
from rooms.changes import change_room, delete_room
from rooms.models import Room
from rooms.models.history import Action, Author, AuthorKind, Door, RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db
MARTA = Author(AuthorKind.USER, "7", "marta", Door.ADMIN, "req-1")


def change(room, by=MARTA, **values):
    change_room(Room.objects.all(), room.pk, values, by=by)
    return RoomChange.objects.filter(room_id=room.pk).first()


def page(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def names(html):
    return html.count('<li class="sheet"')


@pytest.fixture
def room():
    return RoomFactory(name="ward-3", display_name="Ward 3")


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


def test_change_is_reverted_as_previewed(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    url = reverse("revert-page", args=[entry.pk])
    preview = client.get(url)
    assert "30" in preview.content.decode()

    response = client.post(url, fields_of(preview))

    room.refresh_from_db()
    assert room.max_members == 20
    assert messages_of(response) == ["Reverted."]
    assert RoomChange.objects.first().door == Door.REVERT


def test_nothing_is_reverted_if_the_room_changed_since_the_preview(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    url = reverse("revert-page", args=[entry.pk])
    sent = fields_of(client.get(url))
    change(room, description="meanwhile")

    response = client.post(url, sent)

    room.refresh_from_db()
    assert (room.max_members, room.version) == (30, 3)
    assert "the room has changed" in response.content.decode()
    # The new preview can be applied.
    assert client.post(url, fields_of(response)).status_code == 302


def test_field_changed_later_is_reverted_only_with_override(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    change(room, max_members=40)
    url = reverse("revert-page", args=[entry.pk])

    refused = client.post(url, {"version": "3"})
    room.refresh_from_db()
    assert room.max_members == 40
    assert "max_members was changed since" in refused.content.decode()

    shown = client.get(url, {"override": "1"})
    client.post(url, fields_of(shown))
    room.refresh_from_db()
    assert room.max_members == 20


def test_old_settings_that_break_a_rule_are_refused(client, room):
    log_in(client)
    late = timezone.now().replace(microsecond=0)
    change(room, join_until=late)
    entry = change(room, join_until=late + timedelta(hours=5))
    change(room, join_from=late + timedelta(hours=1))

    html = page(client, reverse("revert-page", args=[entry.pk]))

    assert "join_until must be after join_from" in html
    assert not re.search(r"Revert\s*</button>", html)


def test_creation_cannot_be_reverted(client, room):
    log_in(client)
    (made,) = RoomChange.objects.filter(action=Action.CREATED)

    assert client.get(reverse("revert-page", args=[made.pk])).status_code == 404
