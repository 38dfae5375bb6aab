"""The zone selector of a room: shows the form in another zone, saves and loses nothing."""

import pytest
from django.urls import reverse

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.html import fields_of, log_in
from tests.support.room_page import page_of, preview_of
from tests.support.rooms import assert_unchanged
from tests.support.time_inputs import utc

pytestmark = pytest.mark.django_db
# 12:00 in Berlin, 06:00 in New York.
NOON = utc(2027, 7, 1, 10)


@pytest.fixture
def staff(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
    return client


def show_in(client, url, text, page=None, **entered):
    sent = fields_of(client.get(page or url))
    return client.post(url, {**sent, **entered, "show_zone": text, "rezone": "1"})


@pytest.mark.parametrize("text", ["America/New_York", "new york", " NEW_YORK "])
def test_saved_times_move_to_the_new_zone_and_entries_stay(staff, text):
    room = RoomFactory(join_from=NOON, description="before")
    entered = {"join_until": "2027-07-02T15:30:00", "description": "mine", "meta": "{"}

    page = show_in(staff, page_of(room), text, **entered)

    assert page.status_code == 200
    shown = fields_of(page)
    assert shown["join_from"] == "2027-07-01T06:00:00"
    assert {name: shown[name] for name in entered} == entered
    assert shown["zone"] == shown["show_zone"] == "America/New_York"
    assert page.cookies["zone"].value == "America/New_York"
    assert_unchanged(room)


def test_entries_can_be_saved_in_the_new_zone(staff):
    room = RoomFactory(join_from=NOON)

    page = show_in(staff, page_of(room), "new york", join_until="2027-07-02T15:30:00")
    staff.post(page_of(room), fields_of(page))

    room.refresh_from_db()
    assert (room.join_from, room.join_until) == (NOON, utc(2027, 7, 2, 19, 30))


def test_time_that_the_new_zone_shows_twice_stays_the_same(staff):
    for hour in (5, 6):
        room = RoomFactory(join_from=utc(2027, 11, 7, hour, 30))
        page = show_in(staff, page_of(room), "America/New_York")
        staff.post(page_of(room), fields_of(page))

        assert fields_of(page)["join_from"] == "2027-11-07T01:30:00"
        assert_unchanged(room)


def test_time_that_another_user_saved_counts_as_saved(staff):
    room = RoomFactory(join_from=NOON)
    sent = fields_of(staff.get(page_of(room)))
    change_room(Room.objects, room.pk, {"join_from": utc(2028, 1, 1, 12)}, by=TESTS)

    page = staff.post(page_of(room), {**sent, "show_zone": "UTC", "rezone": "1"})

    assert fields_of(page)["join_from"] == "2027-07-01T10:00:00"
    assert fields_of(page)["version"] == "1"


@pytest.mark.parametrize("rezone", [{"rezone": "1"}, {}])
def test_unknown_zone_is_an_error_and_nothing_is_saved(staff, rezone):
    room = RoomFactory(join_from=NOON)
    sent = {**fields_of(staff.get(page_of(room))), "description": "mine", "show_zone": "Mars"}

    page = staff.post(page_of(room), {**sent, **rezone})

    assert page.status_code == 422
    assert "No time zone is named “Mars”." in page.content.decode()
    assert fields_of(page) | {"csrfmiddlewaretoken": ""} == sent | {"csrfmiddlewaretoken": ""}
    assert "zone" not in page.cookies
    assert_unchanged(room)


def test_form_with_another_zone_in_the_selector_is_not_saved(staff):
    room = RoomFactory(join_from=NOON)
    sent = fields_of(staff.get(page_of(room)))

    page = staff.post(page_of(room), {**sent, "max_members": "5", "show_zone": "UTC"})

    assert (page.status_code, fields_of(page)["join_from"]) == (200, "2027-07-01T10:00:00")
    assert_unchanged(room)


def test_new_room_keeps_the_times_of_the_room_that_it_copies(staff):
    room = RoomFactory(join_from=NOON)
    copy = f"{reverse('new-room')}?from={room.pk}"

    page = show_in(staff, copy, "UTC", join_until="2027-07-02T15:30:00", name="")

    shown = fields_of(page)
    assert (shown["join_from"], shown["join_until"]) == (
        "2027-07-01T10:00:00",
        "2027-07-02T15:30:00",
    )
    assert Room.objects.count() == 1


def test_script_gets_only_the_parts_that_change(staff):
    room, project = RoomFactory(join_from=NOON), ProjectFactory()
    new = {"name": "lobby", "project": project.pk, "join_from": "2027-07-02T15:30:00"}

    known = show_in(staff, preview_of(room), "UTC", page=page_of(room))
    unknown = show_in(staff, preview_of(room), "Mars", page=page_of(room))
    created = show_in(staff, reverse("new-room-preview"), "UTC", reverse("new-room"), **new)

    assert 'hx-swap-oob="innerHTML:#schedule"' in known.content.decode()
    assert 'value="2027-07-01T10:00:00"' in known.content.decode()
    assert "innerHTML:#schedule" not in unknown.content.decode()
    assert "No time zone is named" in unknown.content.decode()
    assert 'value="2027-07-02T15:30:00"' in created.content.decode()
    assert_unchanged(room)
