"""Edit conflicts: invalid, incomplete, hostile and forged input."""

import pytest

from rooms.models import Room
from rooms.models.history import RoomChange
from tests.support.html import fields_of, messages_of
from tests.support.room_conflicts import post, theirs
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


def test_error_is_shown_before_the_conflict(client, room, opened):
    theirs(room, quality="1080p")

    page = post(client, room, {**opened, "max_members": "many"})

    assert page.status_code == 409
    text = page.content.decode()
    assert "Enter a number from 1 to 300." in text
    assert 'value="many"' in text


@pytest.mark.parametrize("gone", [RoomChange.objects.all(), RoomChange.objects.filter(version=2)])
def test_form_is_shown_again_if_the_history_is_incomplete(client, room, opened, gone):
    now = theirs(room, max_members=30)
    gone.filter(room_id=room.pk)._raw_delete("default")

    page = post(client, room, {**opened, "layout": "3x3"})

    assert page.status_code == 409
    assert "Check your entries and save again." in page.content.decode()
    assert fields_of(page)["layout"] == "3x3"
    assert Room.objects.get() == now
    assert Room.objects.get().version == 2


def test_hostile_texts_of_other_users_are_shown_as_text(client, room, opened):
    hostile = '"><script>alert(1)</script>'
    theirs(room, description=hostile)

    text = post(client, room, {**opened, "description": "mine"}).content.decode()

    assert "<script>alert(1)" not in text


@pytest.mark.parametrize(
    "sent",
    [
        {"choose": "max_members", "base": "x"},
        {"choose": "nonsense"},
        {"choose": "max_members", "base": "\x00", "yours_max_members": "\x00"},
        {"choose": "max_members", "base": "999999999"},
    ],
)
def test_forged_conflict_data_saves_nothing(client, room, opened, sent):
    without = {name: value for name, value in opened.items() if name != "max_members"}

    response = post(client, room, {**without, "version": "1", **sent})

    assert response.status_code in (302, 409, 422)
    assert messages_of(response) in ([], ["No changes to save."])
    assert_unchanged(room)
