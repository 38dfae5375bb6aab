"""Bulk edit on the staff pages: exactly the preview is applied, and undone."""

import pytest

from access.models import StaffLimit
from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import Channel, RoomChange
from tests.factories import TESTS, RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk_changes import MAY
from tests.support.bulk_pages import (
    EARLIER,
    HOUR,
    NOON,
    apply,
    follow,
    job,
    parts,
    retried,
    try_on,
    whys,
    window,
)
from tests.support.html import log_in, markup_of

pytestmark = pytest.mark.django_db


class TestApply:
    def test_preview_is_applied_and_reported_room_by_room(self, client):
        user = log_in(client)
        rooms = [window(), window()]
        try_on(client, rooms, **EARLIER)

        page = apply(client)

        for room in rooms:
            room.refresh_from_db()
            assert room.join_from == NOON - HOUR
        assert set(parts(page)["moved"]) == {room.name for room in rooms}
        entry = RoomChange.objects.latest("pk")
        assert (entry.bulk_id, entry.channel) == (job().pk, Channel.BULK)
        assert entry.author_name == user.username

    def test_mode_valid_changes_only_valid_rooms(self, client):
        log_in(client)
        fine, narrow = window(hours=4), window(hours=1)
        page = retried(client, [fine, narrow])
        assert ">Apply to 1 room</button>" in markup_of(page)

        page = apply(client, "valid")

        fine.refresh_from_db()
        narrow.refresh_from_db()
        assert (fine.join_from, narrow.join_from) == (NOON + 2 * HOUR, NOON)
        assert (page.context["page"].moved, page.context["page"].refused) == (1, 1)

    @pytest.mark.parametrize(("mode", "moved"), [("all", 0), ("valid", 1)])
    def test_room_changed_since_the_preview_is_refused(self, client, mode, moved):
        log_in(client)
        still, moving = window(), window()
        try_on(client, [still, moving], **EARLIER)
        change_room(Room.objects, moving.pk, {"join_from": NOON - 5 * HOUR}, by=TESTS)

        page = apply(client, mode)

        moving.refresh_from_db()
        assert moving.join_from == NOON - 5 * HOUR
        assert RoomChange.objects.filter(bulk_id=job().pk).count() == moved
        assert job().is_applied == bool(moved)
        (why,) = whys(page)
        assert why.startswith("join_from has changed since the preview and is now")

    def test_change_of_another_field_since_the_preview_does_not_matter(self, client):
        log_in(client)
        room = window()
        try_on(client, [room], **EARLIER)
        change_room(Room.objects, room.pk, {"max_members": 7}, by=TESTS)

        apply(client)

        room.refresh_from_db()
        assert (room.join_from, room.max_members) == (NOON - HOUR, 7)

    def test_preview_can_be_applied_once(self, client):
        log_in(client)
        room = window()
        try_on(client, [room], **EARLIER)

        apply(client)
        page = apply(client, "valid")

        room.refresh_from_db()
        assert room.join_from == NOON - HOUR
        assert (job().mode, job().result_counts) == ("all", {"changed": 1})
        assert page.context["page"].moved == 1

    def test_invalid_mode_changes_nothing(self, client):
        log_in(client)
        try_on(client, [window()], **EARLIER)

        with nothing_changes():
            assert apply(client, "some").status_code == 200

        assert job().state == "ready"


class TestUndo:
    def test_one_click_undoes_the_change(self, client):
        log_in(client)
        rooms = [window(), window()]
        try_on(client, rooms, **EARLIER)
        apply(client)
        first = job()

        page = follow(client, client.post(f"/bulk/{first.pk}/undo"))

        for room in rooms:
            room.refresh_from_db()
            assert room.join_from == NOON
        assert page.context["page"].moved == 2
        assert RoomChange.objects.latest("pk").channel == Channel.REVERT

    def test_field_changed_since_needs_an_override(self, client):
        log_in(client)
        still, moved = window(), window()
        try_on(client, [still, moved], **EARLIER)
        apply(client)
        first = job()
        change_room(Room.objects, moved.pk, {"join_from": NOON - 9 * HOUR}, by=TESTS)

        with nothing_changes():
            page = follow(client, client.post(f"/bulk/{first.pk}/undo"))

        assert job().state == "ready"
        assert "join_from was changed since" in whys(page)[0]
        page = follow(client, client.post(f"/bulk/{first.pk}/undo", {"override": "1"}))
        assert set(parts(page)["would"]) == {still.name, moved.name}
        apply(client)
        moved.refresh_from_db()
        assert moved.join_from == NOON

    def test_rooms_of_hidden_projects_are_not_undone(self, client):
        log_in(client)
        own, other = window(), window()
        try_on(client, [own, other], **EARLIER)
        apply(client)
        first = job()
        user = log_in(client, *MAY)
        StaffLimit.objects.create(user=user).projects.add(own.project)

        follow(client, client.post(f"/bulk/{first.pk}/undo"))

        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.join_from, other.join_from) == (NOON, NOON - HOUR)

    def test_undo_of_an_unknown_change_is_not_found(self, client):
        log_in(client)

        assert client.post(f"/bulk/{RoomFactory().pk}/undo").status_code == 404
