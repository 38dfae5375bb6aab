"""Edit conflicts: the page shows both changes and preselects neither."""

from datetime import UTC, datetime

import pytest

from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, RoomFactory
from tests.rooms.pages.test_room_page import assert_unchanged, page_of
from tests.support.html import fields_of, log_in, markup_of, messages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory(description="base", layout="2x2", record_on_start=True)


@pytest.fixture
def opened(client, room):
    """The form data of a browser that opened the room before another user changed it."""
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
    return fields_of(client.get(page_of(room)))


def theirs(room, **values):
    return change_room(Room.objects, room.pk, values, by=TESTS).room


def post(client, room, sent):
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def choose(page, **choices):
    """Return the form data of the conflict page after choosing "theirs" or "yours"."""
    rows = {row.name: row for row in page.context["choices"]}
    picked = {name: getattr(rows[name], f"send_{whose}") for name, whose in choices.items()}
    return {**fields_of(page), "choose": list(rows), **picked}


def test_overlapping_changes_are_shown_and_none_is_preselected(client, room, opened):
    now = theirs(room, max_members=30, quality="1080p")

    page = post(client, room, {**opened, "max_members": "40", "layout": "3x3"})

    assert page.status_code == 409
    (row,) = page.context["choices"]
    assert (row.label, row.base, row.theirs, row.yours) == ("Capacity", "20", "30", "40")
    assert {(one.name, one.is_yours) for one in page.context["merged"]} == {
        ("quality", False),
        ("layout", True),
    }
    text = markup_of(page)
    assert "tests" in text
    assert text.count('<input type="radio" name="max_members"') == 2
    assert "checked" not in text.split('class="conflict"')[1].split("</form>")[0]
    assert_unchanged(now)


@pytest.mark.parametrize(("whose", "most"), [("theirs", 30), ("yours", 40)])
def test_chosen_value_is_saved_with_the_merged_ones(client, room, opened, whose, most):
    theirs(room, max_members=30, quality="1080p")
    page = post(client, room, {**opened, "max_members": "40", "layout": "3x3"})

    response = post(client, room, choose(page, max_members=whose))

    assert response.status_code == 302
    room.refresh_from_db()
    assert (room.max_members, room.quality, room.layout) == (most, "1080p", "3x3")
    assert room.version == 3


def test_conflict_is_shown_again_without_a_choice(client, room, opened):
    now = theirs(room, max_members=30, description="theirs")
    first = post(client, room, {**opened, "max_members": "40", "description": "my\r\nwords"})

    again = post(client, room, choose(first, max_members="yours"))

    assert again.status_code == 409
    assert "Choose a value for each field" in again.content.decode()
    assert_unchanged(now)
    rows = {row.name: row for row in again.context["choices"]}
    assert (rows["max_members"].is_chosen, rows["description"].is_chosen) == (True, False)
    assert rows["description"].yours == "my\nwords"
    post(client, room, choose(again, max_members="yours", description="yours"))
    room.refresh_from_db()
    assert (room.max_members, room.description) == (40, "my\nwords")


def test_changes_that_do_not_overlap_are_merged_and_shown_before_saving(client, room, opened):
    now = theirs(room, quality="1080p")

    page = post(client, room, {**opened, "layout": "3x3"})

    assert page.status_code == 409
    assert page.context["choices"] == []
    assert "do not overlap" in page.content.decode()
    assert_unchanged(now)
    assert post(client, room, fields_of(page)).status_code == 302
    room.refresh_from_db()
    assert (room.quality, room.layout) == ("1080p", "3x3")


def test_checkboxes_keep_both_users_changes(client, room, opened):
    theirs(room, record_on_start=False, enable_room_previews=True)

    page = post(client, room, {**opened, "audio_video_sync": "on"})
    post(client, room, fields_of(page))

    room.refresh_from_db()
    assert (room.record_on_start, room.enable_room_previews, room.audio_video_sync) == (
        False,
        True,
        True,
    )


def test_same_change_by_both_needs_no_choice(client, room, opened):
    theirs(room, max_members=30)

    page = post(client, room, {**opened, "max_members": "30"})

    assert page.context["choices"] == []


def test_ambiguous_times_keep_their_offset(client, room, opened):
    theirs(room, join_from=datetime(2027, 10, 31, 1, 30, tzinfo=UTC), max_members=30)

    page = post(
        client,
        room,
        {
            **opened,
            "join_until": "2027-10-31T02:30",
            "join_until_offset": "+01:00",
            "max_members": "40",
        },
    )
    # The browser's time zone has changed, but the form keeps Berlin.
    client.cookies["zone"] = "Asia/Kathmandu"
    saved = post(client, room, choose(page, max_members="yours"))

    # Both times are the same instant, which is refused: join_until must be after join_from.
    assert saved.status_code == 422
    assert 'value="2027-10-31T02:30:00"' in saved.content.decode()
    ends = {**fields_of(saved), "join_until": "2027-10-31T03:00"}
    assert post(client, room, ends).status_code == 302
    room.refresh_from_db()
    assert room.join_from == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert room.join_until == datetime(2027, 10, 31, 2, tzinfo=UTC)


def test_meta_and_cleared_fields_can_be_chosen(client, room, opened):
    theirs(room, meta={"b": 1, "a": [1.5]}, description="theirs")

    page = post(client, room, {**opened, "meta": '{"c": true}', "description": ""})
    post(client, room, choose(page, meta="theirs", description="yours"))

    room.refresh_from_db()
    assert room.meta == {"b": 1, "a": [1.5]}
    assert room.description is None


def test_change_saved_while_the_conflict_is_open_is_shown_too(client, room, opened):
    theirs(room, max_members=30)
    page = post(client, room, {**opened, "max_members": "40"})
    now = theirs(room, max_members=50)

    again = post(client, room, choose(page, max_members="yours"))

    (row,) = again.context["choices"]
    assert again.status_code == 409
    assert (row.base, row.theirs, row.yours) == ("30", "50", "40")
    assert_unchanged(now)


def test_error_is_shown_before_the_conflict(client, room, opened):
    theirs(room, quality="1080p")

    page = post(client, room, {**opened, "max_members": "many"})

    assert page.status_code == 409
    text = page.content.decode()
    assert "max_members must be a whole number from 1 to 300" in text
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
