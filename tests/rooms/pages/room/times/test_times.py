"""Times on the room page: in the time zone of the user, never guessed or shifted."""

from datetime import datetime

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.staff.clock_changes import local_time_text
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.pages.room.moment_field import LocalTimeFormField
from tests.access.test_local_times import ZONES, moments
from tests.factories import RoomFactory
from tests.support.html import fields_of
from tests.support.room_page import page_of, save
from tests.support.rooms import assert_unchanged
from tests.support.time_inputs import faults, input_of, radios_of, utc

pytestmark = pytest.mark.django_db


def test_time_is_shown_in_the_users_time_zone_with_its_offset(client):
    room = RoomFactory(join_from=utc(2027, 1, 5, 8, 30, 7))

    page = client.get(page_of(room))

    text = page.content.decode()
    assert 'value="2027-01-05T09:30:07"' in input_of(page, "join_from")
    assert '<span class="zone">Europe/Berlin</span>' in text
    assert 'title="Tue 5 Jan 2027 09:30:07 UTC+01:00">Tue 5 Jan 2027 09:30</time>' in text
    assert 'name="zone" value="Europe/Berlin"' in text


def test_input_is_read_in_the_users_time_zone(client):
    room = RoomFactory()

    assert save(client, room, join_from="2027-07-01T09:00").status_code == 302

    room.refresh_from_db()
    assert room.join_from == utc(2027, 7, 1, 7)


def test_empty_input_clears_the_time(client):
    room = RoomFactory(join_from=utc(2027, 7, 1))

    save(client, room, join_from="")

    room.refresh_from_db()
    assert room.join_from is None


def test_changed_time_zone_between_load_and_save_shifts_nothing(client):
    room = RoomFactory(join_from=utc(2027, 7, 1, 7), join_until=utc(2027, 7, 2))
    sent = fields_of(client.get(page_of(room)))
    client.cookies["zone"] = "America/New_York"

    client.post(page_of(room), {**sent, "join_until": "2027-07-03T10:00"})

    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"join_until": ["2027-07-02T00:00:00Z", "2027-07-03T08:00:00Z"]}


def test_refused_form_keeps_its_time_zone(client):
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    client.cookies["zone"] = "America/New_York"

    page = client.post(page_of(room), {**sent, "join_from": "2027-07-03T10:00", "max_members": "0"})

    assert page.status_code == 422
    assert 'value="2027-07-03T10:00:00"' in input_of(page, "join_from")
    assert fields_of(page)["zone"] == "Europe/Berlin"
    assert "Opens Sat 3 Jul 2027 10:00" in page.content.decode()


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_displayed_value_is_read_as_the_same_instant(moment, zone):
    field = LocalTimeFormField(Room._meta.get_field("join_from"))
    field.zone = zone
    shown = field.prepare_value(moment)
    choices = [choice.offset for choice in field.hint_for(moment, moment).choices if choice.chosen]

    sent = " ".join([shown, *choices])

    assert field.to_python(sent) == moment
    assert not field.has_changed(moment, sent)


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(moment=moments, zone=st.sampled_from(ZONES))
def test_unchanged_form_changes_no_time(client, moment, zone):
    room = RoomFactory(join_from=moment, remove_after_seconds_elapsed=3661)
    client.cookies["zone"] = str(zone)

    save(client, room)

    assert_unchanged(room)


# --- gaps
@pytest.mark.parametrize(
    ("zone", "typed", "words"),
    [
        (
            "Europe/Berlin",
            "2027-03-28T02:30",
            "Sun 28 Mar 2027 02:30 does not exist in Europe/Berlin: the clocks go from 02:00 "
            "straight to 03:00. Choose 01:59:59 or earlier, or 03:00 or later.",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:15:30",
            "Sun 4 Oct 2026 02:15:30 does not exist in Australia/Lord_Howe: the clocks go from "
            "02:00 straight to 02:30. Choose 01:59:59 or earlier, or 02:30 or later.",
        ),
        (
            "Pacific/Apia",
            "2011-12-30T12:00",
            "Fri 30 Dec 2011 12:00 does not exist in Pacific/Apia: the clocks go from "
            "Fri 30 Dec 2011 00:00 straight to Sat 31 Dec 2011 00:00. Choose "
            "Thu 29 Dec 2011 23:59:59 or earlier, or Sat 31 Dec 2011 00:00 or later.",
        ),
    ],
)
def test_time_in_a_gap_is_explained(client, zone, typed, words):
    client.cookies["zone"] = zone
    room = RoomFactory()

    response = save(client, room, join_from=typed, max_members="0")

    assert response.status_code == 422
    assert faults(response, "join_from") == [words]
    # Other errors are reported together with it.
    assert faults(response, "max_members")
    assert f'value="{typed}"' in input_of(response, "join_from")
    assert_unchanged(room)


def test_times_directly_before_and_after_a_gap_exist(client):
    room = RoomFactory()

    save(client, room, join_from="2027-03-28T01:59:59", join_until="2027-03-28T03:00")

    room.refresh_from_db()
    assert (room.join_from, room.join_until) == (
        utc(2027, 3, 28, 0, 59, 59),
        utc(2027, 3, 28, 1),
    )


# --- limits
def test_time_beyond_the_calendar_is_refused(client):
    room = RoomFactory()

    response = save(client, room, remove_at="3000-06-01T00:00")

    assert faults(response, "remove_at") == ["Enter a time in the years 1970 to 2999."]


def test_timestamp_is_accepted_from_browsers_without_datetime_inputs(client):
    room = RoomFactory()

    save(client, room, join_from="2027-07-01T09:00:00+05:45")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 7, 1, 3, 15)


def test_new_room_has_the_same_inputs(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 1, 30))

    page = client.get(f"{reverse('new-room')}?from={room.pk}")
    client.post(reverse("new-room"), fields_of(page))

    assert radios_of(page, "join_from") == (["+02:00", "+01:00"], ["+01:00"])
    assert Room.objects.exclude(pk=room.pk).get().join_from == room.join_from


def test_local_time_is_shown_to_the_second():
    assert local_time_text(datetime(2027, 10, 31, 2, 30, 5)) == "Sun 31 Oct 2027 02:30:05"
