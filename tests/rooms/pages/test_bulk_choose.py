"""Bulk edit on the staff pages: select rooms, and choose changes."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from access.models import StaffLimit
from rooms.changes.validation import SETTINGS
from rooms.models import Room
from rooms.models.job import Job
from rooms.pages.bulk.forms import GROUPS
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk_pages import BULK, apply, choose, follow, job, parts, try_on
from tests.support.html import fields_of, log_in, markup_of, messages_of

pytestmark = pytest.mark.django_db


class TestChoose:
    def test_selected_rooms_are_counted_and_named(self, client):
        log_in(client)
        rooms = [RoomFactory(display_name=f"Ward {number}") for number in range(3)]

        page = choose(client, rooms)

        assert page.status_code == 200
        text = markup_of(page)
        assert "<h1>Edit 3 rooms</h1>" in text
        assert all(room.display_name in text for room in rooms)

    def test_all_rooms_of_a_view_can_be_selected(self, client):
        log_in(client)
        RoomFactory(quality="1080p")
        wanted = [RoomFactory() for _ in range(2)]

        page = client.post(BULK, {"all": "1", "query": "quality=720p"})
        assert page.context["count"] == 2
        typed = {"change_max_members": "on", "max_members": "9"}
        page = follow(client, client.post(BULK, {**fields_of(page), **typed}))

        assert set(parts(page)["would"]) == {room.name for room in wanted}

    def test_invalid_view_selects_nothing(self, client):
        log_in(client)

        response = client.post(BULK, {"all": "1", "query": "quality=4k"})

        assert response.headers["Location"] == "/"
        assert "quality" in messages_of(response)[0]

    @pytest.mark.parametrize("ids", [[], ["x"], ["' OR 1=1", "\x00"]])
    def test_empty_selection_redirects_to_the_list(self, client, ids):
        log_in(client)

        response = client.post(BULK, {"ids": ids})

        assert response.headers["Location"] == "/"
        assert messages_of(response) == ["Select rooms in the list first."]

    def test_deleted_and_hidden_rooms_are_named_and_left_out(self, client):
        shown, hidden, gone = RoomFactory(), RoomFactory(), RoomFactory()
        user = log_in(client, "rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")
        StaffLimit.objects.create(user=user).projects.add(shown.project)
        Room.objects.filter(pk=gone.pk).delete()

        page = choose(client, [shown, hidden, gone])
        nothing = choose(client, [hidden, gone])

        assert "2 selected rooms are left out: they were deleted" in markup_of(page)
        assert fields_of(page)["ids"] == str(shown.pk)
        assert nothing.headers["Location"] == "/"
        assert "The selected rooms were deleted" in messages_of(nothing)[-1]

    def test_more_rooms_than_a_bulk_edit_takes_are_refused(self, client, monkeypatch):
        monkeypatch.setattr("rooms.pages.bulk.selection.MOST_ROOMS", 2)
        log_in(client)

        response = client.post(BULK, {"ids": ",".join(str(uuid4()) for _ in range(3))})

        assert response.headers["Location"] == "/"
        assert messages_of(response) == [
            "A bulk change takes at most 2 rooms. Narrow the list first."
        ]

    def test_form_has_every_setting(self):
        assert sorted(name for _, names in GROUPS for name in names) == sorted(SETTINGS)

    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({}, "__all__", "Choose at least one change."),
            (
                {"max_members": "9"},
                "max_members",
                "Select the box of this setting to change it, or leave it empty.",
            ),
            (
                {"change_description": "on"},
                "description",
                "Enter a value, or select “Remove value”.",
            ),
            (
                {"change_description": "on", "description": "x", "clear_description": "on"},
                "description",
                "Enter a value or remove the value, not both.",
            ),
            (
                {"change_max_members": "on", "max_members": "301"},
                "max_members",
                "Enter a number from 1 to 300.",
            ),
            ({"hours": "-1"}, "hours", "Hours must be a whole number from 0 to 87840."),
            (
                {"hours": "1", "move_join_from": "", "move_join_until": "", "move_remove_at": ""},
                "move_join_from",
                "Choose at least one time to move.",
            ),
            (
                {"hours": "1", "change_join_from": "on", "join_from": "2030-01-01T10:00:00"},
                "join_from",
                "Opens is named twice in change.",
            ),
        ],
    )
    def test_error_is_shown_at_its_field_and_the_input_is_kept(self, client, typed, field, words):
        log_in(client)
        room = RoomFactory()
        with nothing_changes():
            page = choose(client, [room])
            sent = {**fields_of(page), "direction": "later", "ids": str(room.pk), **typed}
            page = client.post(BULK, {name: value for name, value in sent.items() if value != ""})

        assert page.status_code == 422
        assert page.context["form"].errors[field] == [words]
        kept = fields_of(page)
        assert all(kept[name] == value for name, value in typed.items() if value)
        assert Job.objects.count() == 0

    def test_time_is_read_in_the_users_time_zone(self, client):
        log_in(client)
        client.cookies["zone"] = "Europe/Berlin"
        room = RoomFactory()

        try_on(client, [room], change_join_from="on", join_from="2030-07-01T10:00")
        apply(client)

        room.refresh_from_db()
        assert room.join_from == datetime(2030, 7, 1, 8, tzinfo=UTC)

    def test_time_in_a_gap_is_explained(self, client):
        log_in(client)
        client.cookies["zone"] = "Europe/Berlin"

        room = RoomFactory()
        page = try_on(client, [room], change_join_from="on", join_from="2030-03-31T02:30")

        assert "does not exist in Europe/Berlin" in page.context["form"].errors["join_from"][0]

    def test_ambiguous_time_needs_a_choice(self, client):
        log_in(client)
        client.cookies["zone"] = "Europe/Berlin"
        room = RoomFactory()
        typed = {"change_join_from": "on", "join_from": "2030-10-27T02:30"}

        page = try_on(client, [room], **typed)
        assert 'name="join_from_offset" value="+01:00"' in markup_of(page)
        try_on(client, [room], **typed, join_from_offset="+01:00")
        apply(client)

        room.refresh_from_db()
        assert room.join_from == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)

    def test_form_keeps_its_time_zone(self, client):
        log_in(client)
        client.cookies["zone"] = "Europe/Berlin"
        room = RoomFactory()
        page = choose(client, [room])
        client.cookies["zone"] = "Asia/Tokyo"

        typed = {"change_join_from": "on", "join_from": "2030-07-01T10:00"}
        client.post(BULK, {**fields_of(page), **typed})

        assert job().request["change"]["set"] == {"join_from": "2030-07-01T08:00:00Z"}
