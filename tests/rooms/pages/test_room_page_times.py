"""Times on the page of a room: in the person's zone, and never guessed or shifted."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.pages.room.moment_field import LocalMoment, time_in_words
from tests.factories import RoomFactory
from tests.rooms.display.test_local_times import ZONES, moments
from tests.rooms.pages.test_room_page import assert_unchanged, page_of, preview_of, save
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _someone_in_berlin(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def input_of(response, name):
    return re.search(
        rf'<input type="datetime-local" name="{name}"[^>]*>', response.content.decode()
    )[0]


def radios_of(response, name):
    """Return the offsets that can be chosen, and the one that is."""
    radios = re.findall(
        rf'<input type="radio"[^>]*name="{name}_offset"[^>]*>', response.content.decode()
    )
    values = [re.search(r'value="([^"]*)"', radio)[1] for radio in radios]
    chosen = [value for value, radio in zip(values, radios, strict=True) if "checked" in radio]
    return values, chosen


def faults(response, name):
    return list(response.context["form"].errors.get(name, []))


def test_a_moment_is_shown_in_the_persons_zone_and_in_utc(client):
    room = RoomFactory(join_from=utc(2027, 1, 5, 8, 30, 7))

    page = client.get(page_of(room))

    text = page.content.decode()
    assert 'value="2027-01-05T09:30:07"' in input_of(page, "join_from")
    assert '<span class="zone">Europe/Berlin</span>' in text
    assert "= 2027-01-05 08:30:07 UTC" in text
    assert "Tue 5 Jan 2027, 09:30:07" in text
    assert 'name="zone" value="Europe/Berlin"' in text


def test_a_typed_time_is_the_persons_time(client):
    room = RoomFactory()

    assert save(client, room, join_from="2027-07-01T09:00").status_code == 302

    room.refresh_from_db()
    assert room.join_from == utc(2027, 7, 1, 7)


def test_an_emptied_input_unsets_the_moment(client):
    room = RoomFactory(join_from=utc(2027, 7, 1))

    save(client, room, join_from="")

    room.refresh_from_db()
    assert room.join_from is None


def test_a_zone_that_changes_between_load_and_save_shifts_nothing(client):
    room = RoomFactory(join_from=utc(2027, 7, 1, 7), join_until=utc(2027, 7, 2))
    sent = fields_of(client.get(page_of(room)))
    client.cookies["zone"] = "America/New_York"

    client.post(page_of(room), {**sent, "join_until": "2027-07-03T10:00"})

    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"join_until": ["2027-07-02T00:00:00Z", "2027-07-03T08:00:00Z"]}


def test_a_form_that_comes_back_stays_in_its_zone(client):
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    client.cookies["zone"] = "America/New_York"

    page = client.post(page_of(room), {**sent, "join_from": "2027-07-03T10:00", "max_members": "0"})

    assert page.status_code == 422
    assert 'value="2027-07-03T10:00:00"' in input_of(page, "join_from")
    assert fields_of(page)["zone"] == "Europe/Berlin"
    assert "Opens Sat 3 Jul 2027 10:00" in page.content.decode()


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_what_a_field_shows_it_reads_as_the_same_moment(moment, zone):
    field = LocalMoment(Room._meta.get_field("join_from"))
    field.zone = zone
    shown = field.prepare_value(moment)
    choices = [choice.offset for choice in field.told(moment, moment).choices if choice.chosen]

    sent = " ".join([shown, *choices])

    assert field.to_python(sent) == moment
    assert not field.has_changed(moment, sent)


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(moment=moments, zone=st.sampled_from(ZONES))
def test_a_form_sent_untouched_moves_no_moment(client, moment, zone):
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
            "Sun 28 Mar 2027, 02:30 does not exist in Europe/Berlin: the clocks go from 02:00 "
            "straight to 03:00. Choose 01:59:59 or earlier, or 03:00 or later.",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:15:30",
            "Sun 4 Oct 2026, 02:15:30 does not exist in Australia/Lord_Howe: the clocks go from "
            "02:00 straight to 02:30. Choose 01:59:59 or earlier, or 02:30 or later.",
        ),
        (
            "Pacific/Apia",
            "2011-12-30T12:00",
            "Fri 30 Dec 2011, 12:00 does not exist in Pacific/Apia: the clocks go from "
            "Fri 30 Dec 2011, 00:00 straight to Sat 31 Dec 2011, 00:00. Choose "
            "Thu 29 Dec 2011, 23:59:59 or earlier, or Sat 31 Dec 2011, 00:00 or later.",
        ),
    ],
)
def test_a_time_that_does_not_exist_is_explained(client, zone, typed, words):
    client.cookies["zone"] = zone
    room = RoomFactory()

    response = save(client, room, join_from=typed, max_members="0")

    assert response.status_code == 422
    assert faults(response, "join_from") == [words]
    # The other faults are told with it.
    assert faults(response, "max_members")
    assert f'value="{typed}"' in input_of(response, "join_from")
    assert_unchanged(room)


def test_the_second_before_a_gap_and_its_end_exist(client):
    room = RoomFactory()

    save(client, room, join_from="2027-03-28T01:59:59", join_until="2027-03-28T03:00")

    room.refresh_from_db()
    assert (room.join_from, room.join_until) == (
        utc(2027, 3, 28, 0, 59, 59),
        utc(2027, 3, 28, 1),
    )


# --- folds


@pytest.mark.parametrize(
    ("zone", "typed", "offsets"),
    [
        ("Europe/Berlin", "2027-10-31T02:30", ["+02:00", "+01:00"]),
        ("Europe/Berlin", "2026-10-25T02:30:15", ["+02:00", "+01:00"]),
        ("Australia/Lord_Howe", "2027-04-04T01:45", ["+11:00", "+10:30"]),
    ],
)
def test_a_time_that_comes_twice_asks_which(client, zone, typed, offsets):
    client.cookies["zone"] = zone
    room = RoomFactory()

    response = save(client, room, remove_at=typed)

    assert response.status_code == 422
    assert "comes twice" in faults(response, "remove_at")[0]
    assert faults(response, "remove_at")[0].endswith("Choose which of the two is meant.")
    assert radios_of(response, "remove_at") == (offsets, [])
    assert f'value="{typed}"' in input_of(response, "remove_at")
    assert_unchanged(room)


@pytest.mark.parametrize(
    ("offset", "moment"),
    [("+02:00", utc(2027, 10, 31, 0, 30)), ("+01:00", utc(2027, 10, 31, 1, 30))],
)
def test_the_moment_that_was_chosen_is_stored_and_stays(client, offset, moment):
    room = RoomFactory()

    save(client, room, join_from="2027-10-31T02:30", join_from_offset=offset)

    room.refresh_from_db()
    assert room.join_from == moment
    page = client.get(page_of(room))
    assert radios_of(page, "join_from") == (["+02:00", "+01:00"], [offset])
    save(client, room)
    assert_unchanged(room)


def test_the_other_of_two_moments_is_a_change(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 0, 30))

    save(client, room, join_from_offset="+01:00")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 10, 31, 1, 30)


@pytest.mark.parametrize("offset", ["+05:00", "nonsense", "\x00", "+02:00 "])
def test_an_offset_that_is_none_of_the_two_chooses_nothing(client, offset):
    room = RoomFactory()

    response = save(client, room, join_from="2027-10-31T02:30", join_from_offset=offset)

    assert response.status_code == 422
    assert_unchanged(room)


def test_an_offset_does_not_follow_a_time_to_another_day(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 0, 30))

    save(client, room, join_from="2027-11-01T02:30")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 11, 1, 1, 30)


def test_a_preview_asks_which_too(client):
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))

    asked = client.post(preview_of(room), {**sent, "join_from": "2027-10-31T02:30"})
    told = client.post(
        preview_of(room),
        {**sent, "join_from": "2027-10-31T02:30", "join_from_offset": "+01:00"},
    )

    assert radios_of(asked, "join_from") == (["+02:00", "+01:00"], [])
    assert radios_of(told, "join_from") == (["+02:00", "+01:00"], ["+01:00"])
    assert "= 2027-10-31 01:30:00 UTC" in told.content.decode()
    assert "Opens Sun 31 Oct 2027 02:30 (UTC+01:00)" in told.content.decode()
    assert_unchanged(room)


# --- the edges


def test_the_calendar_ends_in_the_words_of_the_rule(client):
    room = RoomFactory()

    response = save(client, room, remove_at="3000-06-01T00:00")

    assert faults(response, "remove_at") == [
        "remove_at must lie in the years 1970 to 2999, not 3000-05-31T22:00:00Z."
    ]


def test_a_browser_without_such_inputs_may_send_a_timestamp(client):
    room = RoomFactory()

    save(client, room, join_from="2027-07-01T09:00:00+05:45")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 7, 1, 3, 15)


def test_a_new_room_has_the_same_inputs(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 1, 30))

    page = client.get(f"{reverse('new-room')}?from={room.pk}")
    client.post(reverse("new-room"), fields_of(page))

    assert radios_of(page, "join_from") == (["+02:00", "+01:00"], ["+01:00"])
    assert Room.objects.exclude(pk=room.pk).get().join_from == room.join_from


def test_a_local_time_is_told_to_the_second():
    assert time_in_words(datetime(2027, 10, 31, 2, 30, 5)) == "Sun 31 Oct 2027, 02:30:05"
