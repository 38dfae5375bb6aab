"""Ambiguous times on the room page: a user chooses the offset."""

import pytest

from tests.factories import RoomFactory
from tests.support.html import fields_of
from tests.support.room_page import page_of, preview_of, save
from tests.support.rooms import assert_unchanged
from tests.support.time_inputs import faults, input_of, radios_of, utc

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "typed", "offsets"),
    [
        ("Europe/Berlin", "2027-10-31T02:30", ["+02:00", "+01:00"]),
        ("Europe/Berlin", "2026-10-25T02:30:15", ["+02:00", "+01:00"]),
        ("Australia/Lord_Howe", "2027-04-04T01:45", ["+11:00", "+10:30"]),
    ],
)
def test_ambiguous_time_needs_a_choice(client, zone, typed, offsets):
    client.cookies["zone"] = zone
    room = RoomFactory()

    response = save(client, room, remove_at=typed)

    assert response.status_code == 422
    assert "occurs twice" in faults(response, "remove_at")[0]
    assert faults(response, "remove_at")[0].endswith("Choose one of the two times.")
    assert radios_of(response, "remove_at") == (offsets, [])
    assert f'value="{typed}"' in input_of(response, "remove_at")
    assert_unchanged(room)


@pytest.mark.parametrize(
    ("offset", "moment"),
    [("+02:00", utc(2027, 10, 31, 0, 30)), ("+01:00", utc(2027, 10, 31, 1, 30))],
)
def test_chosen_instant_is_stored_and_kept(client, offset, moment):
    room = RoomFactory()

    save(client, room, join_from="2027-10-31T02:30", join_from_offset=offset)

    room.refresh_from_db()
    assert room.join_from == moment
    page = client.get(page_of(room))
    assert radios_of(page, "join_from") == (["+02:00", "+01:00"], [offset])
    save(client, room)
    assert_unchanged(room)


def test_other_offset_of_an_ambiguous_time_is_a_change(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 0, 30))

    save(client, room, join_from_offset="+01:00")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 10, 31, 1, 30)


@pytest.mark.parametrize("offset", ["+05:00", "nonsense", "\x00", "+02:00 "])
def test_invalid_offset_chooses_nothing(client, offset):
    room = RoomFactory()

    response = save(client, room, join_from="2027-10-31T02:30", join_from_offset=offset)

    assert response.status_code == 422
    assert_unchanged(room)


def test_offset_is_ignored_for_an_unambiguous_time(client):
    room = RoomFactory(join_from=utc(2027, 10, 31, 0, 30))

    save(client, room, join_from="2027-11-01T02:30")

    room.refresh_from_db()
    assert room.join_from == utc(2027, 11, 1, 1, 30)


def test_preview_shows_the_choice_too(client):
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))

    asked = client.post(preview_of(room), {**sent, "join_from": "2027-10-31T02:30"})
    told = client.post(
        preview_of(room),
        {**sent, "join_from": "2027-10-31T02:30", "join_from_offset": "+01:00"},
    )

    assert radios_of(asked, "join_from") == (["+02:00", "+01:00"], [])
    assert radios_of(told, "join_from") == (["+02:00", "+01:00"], ["+01:00"])
    assert 'datetime="2027-10-31T01:30:00Z"' in told.content.decode()
    assert "Opens Sun 31 Oct 2027 02:30 (UTC+01:00)" in told.content.decode()
    assert_unchanged(room)
