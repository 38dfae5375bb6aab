"""Bulk actions of the admin lead to the pages of bulk changes: preview, apply once, undo."""

import re
import uuid
from datetime import timedelta

import pytest
import requests
from django.utils import timezone
from django.utils.html import escape

from access.models import StaffLimit
from access.values.timestamps import format_timestamp, whole_second
from rooms.bulk.engine import CHUNK
from rooms.changes import change_room, delete_room
from rooms.jobs.run import work
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import Job
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.rooms.pages.test_bulk_edit import parts, whys
from tests.support.api import ROOMS_URL, client_of, nothing_changes
from tests.support.html import fields_of, log_in
from tests.support.room_list import (
    LIST,
    apply,
    ask,
    follow,
    newest_job,
    press_preview,
    preview,
    run,
    undo,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOON = whole_second(timezone.now()) + timedelta(days=30)
MAY = ("rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")


def window(hours=2, **values):
    return RoomFactory(join_from=NOON, join_until=NOON + hours * HOUR, **values)


def of_many(number, **values):
    project = ProjectFactory()
    names = [f"many-{one:04}" for one in range(number)]
    rooms = [Room(project=project, name=name, display_name=name, **values) for name in names]
    return Room.objects.bulk_create(rooms)


class TestPreview:
    def test_preview_shows_each_rooms_new_values_and_writes_nothing(self, client):
        log_in(client)
        rooms = [RoomFactory(name="small", max_members=5), RoomFactory(max_members=7)]

        with nothing_changes():
            page = preview(client, "set_max_members", rooms, {"max_members": "7"})

        label = Room._meta.get_field("max_members").verbose_name.capitalize()
        assert newest_job().preview_counts == {"changed": 1, "unchanged": 1}
        assert parts(page)["would"] == {"small": [(label, "5", "7")]}
        text = " ".join(page.content.decode().split())
        assert f"{label} becomes 7." in text
        assert re.search(r'<span class="before">(?:\s|<[^>]*>)*5\b', text)
        assert re.search(r"<strong>(?:\s|<[^>]*>)*7\b", text)

    def test_refusal_has_the_message_of_the_api(self, client):
        log_in(client)
        room = window(hours=1)
        token = TokenFactory(project=room.project)
        change = {"shift": {"join_from": 7200}}
        answer = client_of(token).post(
            f"{ROOMS_URL}/bulk?dry_run=true", {"select": {"ids": [str(room.pk)]}, "change": change}
        )

        sent = _without(
            fields_of(ask(client, "shift_schedule", [room])), "move_join_until", "move_remove_at"
        )
        page = follow(client, client.post("/bulk", {**sent, "hours": "2"}))

        (error,) = answer.json()["results"][0]["errors"]
        assert whys(page) == [error["message"]]
        assert escape(error["message"]) in page.content.decode()

    def test_preview_shows_when_a_change_of_a_live_room_takes_effect(self, client):
        log_in(client)
        live = SessionFactory(room=RoomFactory(name="live")).room
        quiet = RoomFactory(name="quiet")

        page = preview(client, "recording_on", [live, quiet])

        text = page.content.decode()
        assert text.count("Live: takes effect from the next session.") == 1
        assert "1 room is live. Its change takes effect from the next session." in text
        assert [row.name for row in newest_job().rooms.filter(is_live=True)] == ["live"]

    def test_preview_of_thousands_is_left_to_a_worker(self, client, django_assert_max_num_queries):
        log_in(client)
        changing = of_many(4 * CHUNK + 10)
        already = of_many(120, record_on_start=True)

        # A few statements for each chunk, not one for each room.
        with django_assert_max_num_queries(110):
            preview(client, "recording_on", changing[:1], select_across="1")
            work(Job.claim())

        job = newest_job()
        assert job.preview_counts == {"changed": len(changing), "unchanged": len(already)}
        (section,) = client.get(f"/jobs/{job.pk}").context["page"].sections()
        assert (section.count, len(section.rows)) == (len(changing), 50)
        apply(client, "valid")
        work(Job.claim())
        assert newest_job().result_counts == {"changed": len(changing)}
        assert Room.objects.filter(record_on_start=True).count() == len(changing) + len(already)

    def test_form_takes_thousands_of_rooms(self, client):
        log_in(client)
        rooms = of_many(4 * CHUNK + 10)

        typed = {"max_members": "7"}
        preview(client, "set_max_members", rooms[:1], typed, select_across="1")

        assert newest_job().total == len(rooms)

    def test_preview_without_changes_has_no_apply_button(self, client):
        log_in(client)
        rooms = [RoomFactory(record_on_start=True)]

        page = preview(client, "recording_on", rooms)

        assert "There is nothing to apply." in page.content.decode()
        assert 'name="mode"' not in page.content.decode()

    @pytest.mark.parametrize("action", ["recording_on", "set_quality", "delete_selected"])
    def test_user_input_is_escaped(self, client, action):
        log_in(client)
        room = RoomFactory(display_name="<script>alert(1)</script>")

        page = preview(client, action, [room])

        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.content.decode()

    @pytest.mark.parametrize("typed", [None, {"hours": "1"}])
    def test_pages_obey_the_policy_and_need_no_script(self, client, typed):
        log_in(client)

        page = preview(client, "shift_schedule", [window()], typed)

        body = page.content.decode()
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]* src=)(?![^>]*application/json)", body)
        assert not re.search(r"<[^>]* (style|on[a-z]+)=", body)
        assert 'href="#"' not in body


class TestApply:
    def test_history_names_user_channel_and_request(self, client):
        user = log_in(client)
        rooms = RoomFactory.create_batch(2)
        client.post(
            LIST,
            {"action": "recording_on", "_selected_action": [room.pk for room in rooms]},
            headers={"X-Request-Id": "press-1"},
        )

        apply(client)

        entries = RoomChange.objects.filter(version=2)
        assert set(
            entries.values_list("door", "author_kind", "author_id", "author_name", "request_id")
        ) == {("bulk", "user", str(user.pk), user.username, "press-1")}
        assert set(entries.values_list("bulk_id", flat=True)) == {newest_job().pk}

    @pytest.mark.parametrize(("mode", "counts"), [("all", {}), ("valid", {"changed": 1})])
    def test_room_changed_after_the_preview_is_refused(self, client, mode, counts):
        log_in(client)
        rooms = [window(name="one"), window(name="two")]
        preview(client, "shift_schedule", rooms, {"hours": "1"})
        change_room(Room.objects, rooms[0].pk, {"join_until": NOON + 5 * HOUR}, by=TESTS)
        before = stored(rooms[0])

        page = apply(client, mode)

        assert newest_job().result_counts == {"refused": 1, **counts}
        assert whys(page)[0].startswith("join_until has changed since the preview and is now")
        rooms[1].refresh_from_db()
        assert rooms[1].join_from == NOON + HOUR * len(counts)
        assert stored(rooms[0]) == before

    @pytest.mark.parametrize("mode", ["all", "valid"])
    def test_page_sent_twice_shifts_once(self, client, mode):
        log_in(client)
        rooms = [window(), window()]
        preview(client, "shift_schedule", rooms, {"hours": "1"})
        apply(client)

        with nothing_changes():
            apply(client, mode)

        assert newest_job().result_counts == {"changed": 2}
        assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + HOUR}

    @pytest.mark.parametrize(
        ("action", "typed", "error"),
        [
            ("set_max_members", {"max_members": "301"}, "not 301."),
            ("set_quality", {"quality": "4k"}, "not &quot;4k&quot;."),
            ("shift_schedule", {"hours": "99999999"}, "from 0 to 87840."),
        ],
    )
    def test_values_sent_with_the_form_are_validated(self, client, action, typed, error):
        log_in(client)
        rooms = [window()]

        with nothing_changes():
            page = preview(client, action, rooms, typed)

        assert error in page.content.decode()
        assert not Job.objects.exists()

    def test_values_that_were_not_previewed_are_not_applied(self, client):
        log_in(client)
        room = RoomFactory()
        preview(client, "set_max_members", [room], {"max_members": "7"})

        client.post(f"/jobs/{newest_job().pk}/apply", {"mode": "all", "max_members": "8"})

        room.refresh_from_db()
        assert room.max_members == 7

    def test_room_that_matches_only_after_the_preview_is_not_changed(self, client):
        log_in(client)
        rooms = [RoomFactory()]
        preview(client, "recording_on", rooms, select_across="1")
        late = RoomFactory(name="late")

        apply(client, "valid")

        assert newest_job().result_counts == {"changed": 1}
        late.refresh_from_db()
        assert (late.version, late.record_on_start) == (1, False)

    def test_room_that_matches_only_after_the_form_is_not_changed(self, client):
        log_in(client)
        page = ask(client, "set_quality", [RoomFactory()], select_across="1")
        late = RoomFactory(name="late")

        press_preview(client, page, quality="1080p")
        apply(client)

        late.refresh_from_db()
        assert (late.version, late.quality) == (1, "720p")

    def test_previews_of_different_users_are_independent(self, client):
        log_in(client)
        rooms = [window()]
        preview(client, "shift_schedule", rooms, {"hours": "1"})
        foreign = newest_job()
        log_in(client)

        with nothing_changes():
            answer = client.post(f"/jobs/{foreign.pk}/apply", {"mode": "all"})

        assert answer.status_code == 404
        preview(client, "shift_schedule", rooms, {"hours": "1"})
        apply(client)
        assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + HOUR}

    def test_second_close_keeps_the_first_time(self, client):
        log_in(client)
        room = RoomFactory()
        preview(client, "close_joining_now", [room])
        apply(client)
        room.refresh_from_db()

        with nothing_changes():
            apply(client)

        assert format_timestamp(room.join_until) <= format_timestamp(timezone.now())


class TestShift:
    @pytest.mark.parametrize(
        ("typed", "moved"),
        [
            ({"hours": "1", "minutes": "30"}, timedelta(minutes=90)),
            ({"hours": "0", "minutes": "5", "direction": "earlier"}, -timedelta(minutes=5)),
            ({"hours": "87840", "minutes": "0"}, timedelta(days=3660)),
        ],
    )
    def test_schedule_is_shifted_by_the_input(self, client, typed, moved):
        log_in(client)
        room = window(remove_at=NOON + 3 * HOUR)
        bare = RoomFactory()

        counts = run(client, "shift_schedule", [room, bare], {"direction": "later", **typed})

        assert (counts["changed"], counts["unchanged"]) == (1, 1)
        room.refresh_from_db()
        assert (room.join_from, room.join_until, room.remove_at) == (
            NOON + moved,
            NOON + 2 * HOUR + moved,
            NOON + 3 * HOUR + moved,
        )

    def test_only_the_chosen_times_are_shifted(self, client):
        log_in(client)
        room = window(remove_at=NOON + 3 * HOUR)
        page = ask(client, "shift_schedule", [room])

        sent = _without(fields_of(page), "move_join_from", "move_remove_at")
        client.post("/bulk", {**sent, "hours": "1"})
        apply(client)

        room.refresh_from_db()
        times = (room.join_from, room.join_until, room.remove_at)
        assert times == (NOON, NOON + 3 * HOUR, NOON + 3 * HOUR)

    @pytest.mark.parametrize(
        ("typed", "field", "message"),
        [
            ({}, "__all__", "Choose at least one change."),
            ({"hours": ""}, "__all__", "Choose at least one change."),
            ({"hours": "-1"}, "hours", "Hours must be a whole number from 0 to 87840."),
            ({"hours": "1.5"}, "hours", "Hours must be a whole number from 0 to 87840."),
            ({"hours": "9" * 5000}, "hours", "Hours must be a whole number from 0 to 87840."),
            ({"minutes": "60"}, "minutes", "Minutes must be a whole number from 0 to 59."),
            (
                {"hours": "87840", "minutes": "1"},
                "join_from",
                "join_from must be shifted by a whole number of seconds from -316224000 to "
                "316224000, not 316224060.",
            ),
            ({"hours": "1", "direction": "up"}, "direction", None),
            (
                {"hours": "1", "move_join_from": "", "move_join_until": "", "move_remove_at": ""},
                "move_join_from",
                "Choose at least one time to move.",
            ),
        ],
    )
    def test_invalid_shift_is_refused_on_the_page(self, client, typed, field, message):
        log_in(client)
        rooms = [window()]

        with nothing_changes():
            page = press_preview(client, ask(client, "shift_schedule", rooms), **typed)

        errors = page.context["form"].errors
        assert field in errors
        assert message is None or errors[field] == [message]

    def test_shift_beyond_the_calendar_is_refused(self, client):
        log_in(client)
        room = RoomFactory(remove_at="2999-12-31T00:00:00Z")

        page = preview(client, "shift_schedule", [room], {"hours": "48"})

        (why,) = whys(page)
        assert why.startswith("remove_at must lie in the years 1970 to 2999")


class TestUndo:
    def changed(self, client, rooms, typed="7"):
        """Set max_members of rooms, and return the id of the bulk change."""
        preview(client, "set_max_members", rooms, {"max_members": typed})
        apply(client, "valid")
        return newest_job().pk

    def test_bulk_change_of_several_projects_is_undone_as_a_whole(self, client):
        user = log_in(client)
        rooms = [RoomFactory(max_members=5), RoomFactory(max_members=6)]
        bulk_id = self.changed(client, rooms)

        page = undo(client, bulk_id)

        assert newest_job().result_counts == {"changed": 2}
        assert f"Undoes the change by {user.username}, " in page.content.decode()
        assert list(Room.objects.order_by("pk").values_list("max_members", flat=True)) == [5, 6]
        entries = RoomChange.objects.filter(version=3)
        assert {(one.door, one.author_name) for one in entries} == {("revert", user.username)}
        assert set(entries.values_list("bulk_id", flat=True)) == {newest_job().pk}

    def test_undo_can_be_undone(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        undo(client, self.changed(client, rooms))

        undo(client, newest_job().pk)

        assert set(Room.objects.values_list("max_members", flat=True)) == {7}

    def test_second_undo_changes_nothing(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        undo(client, bulk_id)

        with nothing_changes():
            undo(client, bulk_id)

        assert newest_job().preview_counts == {"unchanged": 2}

    def test_room_changed_since_needs_an_override(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        bulk_id = self.changed(client, rooms)
        change_room(Room.objects, rooms[0].pk, {"max_members": 9}, by=TESTS)

        with nothing_changes():
            page = undo(client, bulk_id)

        assert whys(page) == [
            "max_members was changed since and is now 9: override to revert it anyway."
        ]
        assert 'name="override" value="1"' in page.content.decode()
        assert newest_job().state == "ready"
        undo(client, bulk_id, override="1")
        apply(client)
        assert newest_job().result_counts == {"changed": 2}
        assert set(Room.objects.values_list("max_members", flat=True)) == {20}

    def test_deleted_room_does_not_stop_the_others(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        bulk_id = self.changed(client, rooms)
        delete_room(Room.objects, rooms[0].pk, by=TESTS)

        page = undo(client, bulk_id)
        assert whys(page) == ["There is no such room here."]
        apply(client, "valid")

        assert newest_job().result_counts == {"changed": 1}
        assert Room.objects.get().max_members == 20

    def test_bulk_change_without_changes_cannot_be_undone(self, client):
        log_in(client)
        preview(client, "recording_on", [RoomFactory(record_on_start=True)])

        page = apply(client)

        assert not page.context["page"].can_undo
        assert client.post(f"/bulk/{newest_job().pk}/undo").status_code == 404

    @pytest.mark.parametrize("path", [str(uuid.UUID(int=7)), "x", "\u0661"])
    def test_unknown_bulk_change_is_not_found(self, client, path):
        log_in(client)

        assert client.get(f"/bulk/{path}/undo").status_code in (404, 405)
        assert client.post(f"/bulk/{path}/undo").status_code == 404

    def test_undo_needs_the_permissions(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        log_in(client, "rooms.view_room", "rooms.delete_room", "rooms.change_room")

        with nothing_changes():
            response = client.post(f"/bulk/{bulk_id}/undo")

        assert response.status_code == 403

    def test_undo_needs_a_login(self, client):
        log_in(client)
        bulk_id = self.changed(client, RoomFactory.create_batch(2))
        client.logout()

        with nothing_changes():
            response = client.post(f"/bulk/{bulk_id}/undo")

        assert response.headers["Location"].startswith("/sign-in")

    def test_limited_staff_undo_only_rooms_of_their_projects(self, client):
        log_in(client)
        own, other = RoomFactory(), RoomFactory()
        bulk_id = self.changed(client, [own, other])
        user = log_in(client, *MAY)
        StaffLimit.objects.create(user=user).projects.add(own.project)

        undo(client, bulk_id)

        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.max_members, other.max_members) == (20, 7)

    def test_history_of_a_room_has_an_undo_button(self, client):
        log_in(client)
        room = RoomFactory()
        url = f"/bulk/{self.changed(client, [room])}/undo"

        page = client.get(f"{LIST}{room.pk}/history/")
        assert f'<form method="post" action="{url}">' in page.content.decode()

        log_in(client, *MAY[:2])
        page = client.get(f"{LIST}{room.pk}/history/")
        assert url not in page.content.decode()


def test_page_sent_concurrently_is_applied_once(client, greenroom):
    log_in(client)
    preview(client, "shift_schedule", [window(), window()], {"hours": "1"})
    url = f"{greenroom.url}/jobs/{newest_job().pk}"
    cookies = {"sessionid": client.cookies["sessionid"].value}

    def press_apply(_):
        with requests.Session() as browser:
            browser.cookies.update(cookies)
            page = browser.get(url, timeout=60)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {"mode": "valid", "csrfmiddlewaretoken": token}
            return browser.post(f"{url}/apply", form, timeout=60).status_code

    assert all_at_once(press_apply, count=4) == [200] * 4

    assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + HOUR}
    assert set(Room.objects.values_list("version", flat=True)) == {2}


def stored(room):
    return Room.objects.filter(pk=room.pk).values().get()


def _without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}
