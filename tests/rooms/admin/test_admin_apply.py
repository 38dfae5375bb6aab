"""A bulk action of the admin is applied once, as previewed."""

import re

import pytest
import requests
from django.utils import timezone

from access.values.timestamps import format_timestamp
from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import Job
from tests.factories import TESTS, RoomFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import nothing_changes
from tests.support.bulk_pages import whys
from tests.support.html import log_in
from tests.support.open_windows import HOUR, NOON, window
from tests.support.room_list import LIST, apply, ask, newest_job, press_preview, preview

pytestmark = pytest.mark.django_db


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
            entries.values_list("channel", "author_kind", "author_id", "author_name", "request_id")
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
            ("set_max_members", {"max_members": "301"}, "Enter a number from 1 to 300."),
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
