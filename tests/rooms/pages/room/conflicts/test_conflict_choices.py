"""Edit conflicts: the page shows both changes and preselects neither."""

from datetime import UTC, datetime

import pytest

from tests.support.html import fields_of, markup_of
from tests.support.room_conflicts import choose, post, theirs
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


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

    # Both times are the same instant, which is refused: Closes must be after Opens.
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
