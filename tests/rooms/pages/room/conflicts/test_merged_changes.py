"""Edit conflicts: changes that do not overlap are merged."""

import pytest

from tests.support.html import fields_of
from tests.support.room_conflicts import post, theirs
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


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
