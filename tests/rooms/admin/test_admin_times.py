"""A time that is entered in Django's admin means the same as on the page of the room."""

import pytest

from tests.factories import RoomFactory
from tests.support import room_admin, room_page
from tests.support.html import log_in, markup_of

pytestmark = pytest.mark.django_db
# When clocks go forward 02:30 does not exist; when they go back, it occurs twice.
ENTERED = (
    {"join_from": "2027-07-01T12:00"},
    {"join_from": "2027-03-28T02:30"},
    {"join_from": "2027-10-31T02:30"},
    {"join_from": "2027-10-31T02:30", "join_from_offset": "+01:00"},
    {"join_from": "2027-10-31T02:30", "join_from_offset": "+02:00"},
    {"join_from": ""},
)


def test_both_forms_of_a_room_read_the_same_time(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
    for entered in ENTERED:
        rooms = RoomFactory.create_batch(2, join_from="2027-01-01T00:00:00Z")
        page = room_page.save(client, rooms[0], **entered)
        admin = room_admin.save(client, rooms[1], **entered)

        for room in rooms:
            room.refresh_from_db()
        assert rooms[0].join_from == rooms[1].join_from, entered
        faults = [page.context["form"].errors, room_admin.errors_of(admin)] if page.context else []
        assert not faults or faults[0] == faults[1]


def test_admin_shows_the_zone_and_offers_the_two_times(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
    room = RoomFactory(join_from="2027-10-31T00:30:00Z")

    page = client.get(room_admin.page_of(room))
    answer = room_admin.save(client, room, join_until="2027-10-31T02:45")

    assert 'value="2027-10-31T02:30:00"' in page.content.decode()
    assert "In Europe/Berlin." in page.content.decode()
    assert 'name="join_from_offset" value="+02:00" checked' in markup_of(page)
    assert 'name="join_until_offset" value="+01:00"' in markup_of(answer)
