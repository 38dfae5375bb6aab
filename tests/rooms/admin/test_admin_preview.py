"""Bulk actions of the admin: previewed first, applied once, and reversible."""

import re
import time
import uuid
from datetime import timedelta

import pytest
import requests
from django.core import signing
from django.utils import timezone
from django.utils.html import escape

from access.values.timestamps import format_timestamp, whole_second
from rooms.admin.previews import AT_WORK, SALT, USED
from rooms.bulk.engine import CHUNK
from rooms.changes import change_room, delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.idempotent_call import IdempotentCall
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import ROOMS_URL, client_of, nothing_changes
from tests.support.html import fields_of, log_in, markup_of, messages_of
from tests.support.room_list import LIST, ask, line_after, press, preview, run

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOON = whole_second(timezone.now()) + timedelta(days=30)


def window(hours=2, **values):
    return RoomFactory(join_from=NOON, join_until=NOON + hours * HOUR, **values)


def shown(page):
    return page.context["preview"].counts


def rows(page):
    """Return {outcome: {name: row}} as the page lists them."""
    return {
        section["outcome"].value: {row["room"].name: row for row in section["rows"]}
        for section in page.context["preview"].sections()
    }


def undo_url(response):
    (message,) = messages_of(response)
    return re.search(r'href="([^"]+)">Undo…', message)[1]


def bulk_id():
    return RoomChange.objects.latest("pk").bulk_id


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

        assert shown(page) == {"changed": 1, "unchanged": 1}
        assert rows(page)["changed"]["small"]["moved"] == [("max_members", "5", "7")]
        text = markup_of(page)
        assert "max_members becomes 7." in text
        assert re.search(r"max_members:<span[^>]*>5</span>→<span[^>]*>7</span>", text)
        assert IdempotentCall.objects.count() == 0

    def test_refusal_has_the_message_of_the_api(self, client):
        log_in(client)
        room = window(hours=1)
        token = TokenFactory(project=room.project)
        change = {"shift": {"join_from": 7200}}
        told = client_of(token).post(
            f"{ROOMS_URL}/bulk?dry_run=true", {"select": {"ids": [str(room.pk)]}, "change": change}
        )

        page = ask(client, "shift_schedule", [room])
        page = client.post(
            LIST, {**_without(fields_of(page), "join_until", "remove_at"), "hours": "2"}
        )

        (error,) = told.json()["results"][0]["errors"]
        assert rows(page)["refused"][room.name]["refusals"] == [error["message"]]
        assert escape(error["message"]) in page.content.decode()

    def test_preview_shows_when_a_change_of_a_live_room_takes_effect(self, client):
        log_in(client)
        live = SessionFactory(room=RoomFactory(name="live")).room
        quiet = RoomFactory(name="quiet")

        page = preview(client, "recording_on", [live, quiet])

        assert page.content.decode().count("takes effect with the next session") == 1
        assert [name for name, row in rows(page)["changed"].items() if row["is_live"]] == ["live"]
        assert "<strong>1</strong> of those that would change is live" in page.content.decode()

    def test_preview_of_thousands_shows_counts_and_the_first_rooms(
        self, client, django_assert_max_num_queries
    ):
        log_in(client)
        changing = of_many(4 * CHUNK + 10)
        already = of_many(120, record_on_start=True)
        everything = {"select_across": "1"}

        # A few statements for each chunk, not one for each room.
        with django_assert_max_num_queries(70):
            page = preview(client, "recording_on", changing[:1], **everything)

        assert shown(page) == {"changed": len(changing), "unchanged": len(already)}
        text = page.content.decode()
        assert text.count('<th scope="row">') == 200
        assert f"and {len(changing) - 100} more" in text
        assert "and 20 more" in text
        response = press(client, page, changing[:1], mode="valid")
        line = f"{len(changing)} rooms changed, 120 were already so."
        assert line_after(client, response) == line
        assert Room.objects.filter(record_on_start=True).count() == len(changing) + len(already)

    def test_preview_without_changes_has_no_apply_button(self, client):
        log_in(client)
        rooms = [RoomFactory(record_on_start=True)]

        page = preview(client, "recording_on", rooms)

        assert "There is nothing to apply." in page.content.decode()
        assert 'name="mode"' not in page.content.decode()

    def test_user_input_is_escaped(self, client):
        log_in(client)
        room = RoomFactory(display_name="<script>alert(1)</script>")

        page = preview(client, "recording_on", [room])

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
        page = preview(client, "recording_on", rooms)

        client.post(
            LIST,
            {**fields_of(page), "_selected_action": [room.pk for room in rooms], "mode": "all"},
            headers={"X-Request-Id": "press-1"},
        )

        entries = RoomChange.objects.filter(version=2)
        assert set(
            entries.values_list("door", "author_kind", "author_id", "author_name", "request_id")
        ) == {("bulk", "user", str(user.pk), user.username, "press-1")}
        assert entries.values("bulk_id").distinct().count() == 1

    def test_mode_all_changes_nothing_if_a_room_is_refused_later(self, client):
        log_in(client)
        rooms = [window(name="one"), window(name="two")]
        page = preview(client, "close_joining_now", rooms, mode="")
        assert shown(page) == {"refused": 2}
        page = preview(client, "shift_schedule", rooms, {"hours": "1", "remove_at": ""})
        change_room(Room.objects, rooms[0].pk, {"join_until": "2999-12-31T23:30:00Z"}, by=TESTS)

        with nothing_changes():
            response = press(client, page, rooms, mode="all")

        (line,) = messages_of(response)
        assert line.startswith("1 of 2 rooms refused, so nothing was changed: one (join")
        assert shown(response) == {"changed": 1, "refused": 1}

    def test_mode_valid_changes_the_other_rooms(self, client):
        log_in(client)
        rooms = [window(name="one"), window(name="two")]
        page = preview(client, "shift_schedule", rooms, {"hours": "1", "remove_at": ""})
        change_room(Room.objects, rooms[0].pk, {"join_until": "2999-12-31T23:30:00Z"}, by=TESTS)

        response = press(client, page, rooms, mode="valid")

        assert line_after(client, response).startswith("1 room changed, 1 refused: one (join_until")
        rooms[1].refresh_from_db()
        assert rooms[1].join_from == NOON + HOUR

    def test_page_sent_twice_shifts_once(self, client):
        log_in(client)
        rooms = [window(), window()]
        page = preview(client, "shift_schedule", rooms, {"hours": "1"})
        first = line_after(client, press(client, page, rooms, mode="all"))

        with nothing_changes():
            again = line_after(client, press(client, page, rooms, mode="all"))

        assert (first, again) == ("2 rooms changed.", "2 rooms changed.")
        assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + HOUR}

    def test_page_that_is_being_applied_is_refused(self, client):
        user = log_in(client)
        rooms = [window()]
        page = preview(client, "shift_schedule", rooms, {"hours": "1"})
        sealed = signing.loads(fields_of(page)["preview"], salt=SALT)
        # The first request is still in progress.
        IdempotentCall.begin(uuid.UUID(int=user.pk), sealed["key"], sealed["seen"], "all")

        with nothing_changes():
            response = press(client, page, rooms, mode="all")

        assert messages_of(response) == [AT_WORK]

    def test_page_can_be_applied_in_one_mode_only(self, client):
        log_in(client)
        rooms = [window()]
        page = preview(client, "shift_schedule", rooms, {"hours": "1"})
        press(client, page, rooms, mode="all")

        with nothing_changes():
            response = press(client, page, rooms, mode="valid")

        assert USED in messages_of(response)
        assert shown(response) == {"changed": 1}

    @pytest.mark.parametrize("seal", ["", "x", "old", "\0", None])
    def test_forged_or_expired_preview_is_shown_again(self, client, seal):
        log_in(client)
        rooms = [RoomFactory()]
        page = preview(client, "recording_on", rooms)
        sent = _without(fields_of(page), "preview")
        if seal is not None:
            sent["preview"] = _old(fields_of(page)["preview"]) if seal == "old" else seal

        with nothing_changes():
            response = client.post(LIST, {**sent, "mode": "all"})

        assert messages_of(response) == [USED]
        assert shown(response) == {"changed": 1}

    @pytest.mark.parametrize(
        ("action", "typed", "forged", "error"),
        [
            ("set_max_members", {"max_members": "7"}, {"max_members": "301"}, "not 301."),
            ("set_quality", {"quality": "1080p"}, {"quality": "4k"}, "not &quot;4k&quot;."),
            ("shift_schedule", {"hours": "1"}, {"hours": "99999999"}, "from 0 to 87840."),
        ],
    )
    def test_values_sent_with_the_preview_are_validated_again(
        self, client, action, typed, forged, error
    ):
        log_in(client)
        rooms = [window()]
        page = preview(client, action, rooms, typed)

        with nothing_changes():
            response = press(client, page, rooms, mode="all", **forged)

        assert error in response.content.decode()

    def test_values_that_were_not_previewed_are_not_applied(self, client):
        log_in(client)
        rooms = [RoomFactory()]
        page = preview(client, "set_max_members", rooms, {"max_members": "7"})

        with nothing_changes():
            response = press(client, page, rooms, mode="all", max_members="8")

        assert rows(response)["changed"][rooms[0].name]["moved"] == [("max_members", "20", "8")]

    def test_room_that_matches_only_after_the_preview_is_not_changed(self, client):
        log_in(client)
        rooms = [RoomFactory()]
        page = preview(client, "recording_on", rooms, select_across="1")
        late = RoomFactory(name="late")

        with nothing_changes():
            response = press(client, page, rooms, mode="valid")

        assert messages_of(response)[0].startswith("Nothing was changed: the rooms are no longer")
        assert late.name in rows(response)["changed"]

    def test_pages_of_different_users_are_independent(self, client):
        log_in(client)
        rooms = [window()]
        page = preview(client, "shift_schedule", rooms, {"hours": "1"})
        press(client, page, rooms, mode="all")
        log_in(client)

        press(client, page, rooms, mode="all")

        assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + 2 * HOUR}


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

        line = run(client, "shift_schedule", [room, bare], {"direction": "later", **typed})

        assert line == "1 room changed, 1 was already so."
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

        sent = _without(fields_of(page), "join_from", "remove_at")
        page = client.post(LIST, {**sent, "hours": "1"})
        press(client, page, [room], mode="all")

        room.refresh_from_db()
        moments = (room.join_from, room.join_until, room.remove_at)
        assert moments == (NOON, NOON + 3 * HOUR, NOON + 3 * HOUR)

    @pytest.mark.parametrize(
        ("typed", "field", "message"),
        [
            ({}, "hours", "Say how far: 0 days, 0 hours and 0 minutes move nothing."),
            ({"hours": "-1"}, "hours", "Hours must be a whole number from 0 to 87840."),
            ({"hours": "1.5"}, "hours", "Hours must be a whole number from 0 to 87840."),
            ({"hours": ""}, "hours", "Hours must be a whole number from 0 to 87840."),
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
                {"hours": "1", "join_from": "", "join_until": "", "remove_at": ""},
                "join_from",
                "Choose at least one moment to move.",
            ),
        ],
    )
    def test_invalid_shift_is_refused_on_the_page(self, client, typed, field, message):
        log_in(client)
        rooms = [window()]

        with nothing_changes():
            page = press(client, ask(client, "shift_schedule", rooms), rooms, **typed)

        errors = page.context["form"].errors
        assert field in errors
        assert message is None or errors[field] == [message]

    def test_shift_beyond_the_calendar_is_refused(self, client):
        log_in(client)
        room = RoomFactory(remove_at="2999-12-31T00:00:00Z")

        page = preview(client, "shift_schedule", [room], {"hours": "48"})

        (why,) = rows(page)["refused"][room.name]["refusals"]
        assert why.startswith("remove_at must lie in the years 1970 to 2999")


class TestUndo:
    def changed(self, client, rooms, typed="7"):
        """Set max_members of rooms, and return the URL that undoes it."""
        page = preview(client, "set_max_members", rooms, {"max_members": typed})
        return undo_url(press(client, page, rooms, mode="valid"))

    def undo(self, client, url, mode="all"):
        return client.post(url, {**fields_of(client.get(url)), "mode": mode})

    def test_undo_has_a_preview_that_changes_nothing(self, client):
        user = log_in(client)
        rooms = RoomFactory.create_batch(2)
        url = self.changed(client, rooms)

        with nothing_changes():
            page = client.get(url, {**fields_of(client.get(url)), "mode": "all"})

        assert messages_of(page) == []
        assert rows(page)["changed"][rooms[0].name]["moved"] == [("max_members", "7", "20")]
        assert f"This puts back what {user.username} changed on" in page.content.decode()

    def test_bulk_change_of_several_projects_is_undone_as_a_whole(self, client):
        user = log_in(client)
        rooms = [RoomFactory(max_members=5), RoomFactory(max_members=6)]
        url = self.changed(client, rooms)

        line = line_after(client, self.undo(client, url))

        assert line == "2 rooms put back."
        assert list(Room.objects.order_by("pk").values_list("max_members", flat=True)) == [5, 6]
        entries = RoomChange.objects.filter(version=3)
        assert {(one.door, one.author_name) for one in entries} == {("revert", user.username)}
        assert entries.values("bulk_id").distinct().count() == 1

    def test_undo_can_be_undone(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        response = self.undo(client, self.changed(client, rooms))

        self.undo(client, undo_url(response))

        assert set(Room.objects.values_list("max_members", flat=True)) == {7}

    def test_second_undo_changes_nothing(self, client):
        log_in(client)
        url = self.changed(client, RoomFactory.create_batch(2))
        self.undo(client, url)

        with nothing_changes():
            line = line_after(client, self.undo(client, url))

        assert line == "0 rooms put back, 2 were already so."

    def test_room_changed_since_needs_an_override(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        url = self.changed(client, rooms)
        change_room(Room.objects, rooms[0].pk, {"max_members": 9}, by=TESTS)

        with nothing_changes():
            page = client.get(url)
            response = self.undo(client, url)

        assert rows(page)["refused"][rooms[0].name]["refusals"] == [
            "max_members was changed since and is now 9: override to revert it anyway."
        ]
        assert 'href="?override=1"' in page.content.decode()
        assert messages_of(response)[0].startswith("1 of 2 rooms refused, so nothing")
        assert line_after(client, self.undo(client, f"{url}?override=1")) == "2 rooms put back."
        assert set(Room.objects.values_list("max_members", flat=True)) == {20}

    def test_deleted_room_does_not_stop_the_others(self, client):
        log_in(client)
        rooms = RoomFactory.create_batch(2)
        url = self.changed(client, rooms)
        delete_room(Room.objects, rooms[0].pk, by=TESTS)

        line = line_after(client, self.undo(client, url, mode="valid"))

        assert line == f"1 room put back, 1 refused: {rooms[0].pk} (There is no such room here)."

    def test_bulk_change_without_changes_cannot_be_undone(self, client):
        log_in(client)
        rooms = [RoomFactory(record_on_start=True)]
        page = preview(client, "recording_on", rooms)

        response = press(client, page, rooms, mode="all")

        assert messages_of(response) == ["0 rooms changed, 1 was already so."]

    @pytest.mark.parametrize("path", [str(uuid.UUID(int=7)), "x", "\u0661"])
    def test_unknown_bulk_change_is_not_found(self, client, path):
        log_in(client)

        assert client.get(f"{LIST}undo/{path}/").status_code in (302, 404)
        assert client.post(f"{LIST}undo/{path}/").status_code in (302, 404)

    def test_undo_needs_the_change_permission(self, client):
        log_in(client)
        url = self.changed(client, RoomFactory.create_batch(2))
        sent = {**fields_of(client.get(url)), "mode": "all"}
        log_in(client, "rooms.view_room", "rooms.delete_room")

        with nothing_changes():
            answers = [client.get(url), client.post(url, sent)]

        assert [answer.status_code for answer in answers] == [403, 403]

    def test_undo_needs_a_login(self, client):
        log_in(client)
        url = self.changed(client, RoomFactory.create_batch(2))
        client.logout()

        with nothing_changes():
            response = client.post(url, {"mode": "all"})

        assert response.headers["Location"].startswith("/admin/login/")

    def test_history_of_a_room_links_to_the_undo(self, client):
        log_in(client)
        room = RoomFactory()
        url = self.changed(client, [room])

        page = client.get(f"{LIST}{room.pk}/history/")
        assert f'href="{url}"' in page.content.decode()

        log_in(client, "rooms.view_room")
        page = client.get(f"{LIST}{room.pk}/history/")
        assert f'href="{url}"' not in page.content.decode()


def test_page_sent_concurrently_is_applied_once(client, greenroom):
    log_in(client)
    rooms = [window(), window()]
    typed = {"hours": "1", "select_across": "1"}
    sent = fields_of(preview(client, "shift_schedule", rooms, typed))
    cookies = {"sessionid": client.cookies["sessionid"].value}

    def press_apply(_):
        with requests.Session() as browser:
            browser.cookies.update(cookies)
            page = browser.get(greenroom.url + LIST, timeout=60)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {**sent, "mode": "valid", "csrfmiddlewaretoken": token}
            return browser.post(greenroom.url + LIST, form, timeout=60).status_code

    assert all_at_once(press_apply, count=4) == [200] * 4

    assert set(Room.objects.values_list("join_from", flat=True)) == {NOON + HOUR}
    assert set(Room.objects.values_list("version", flat=True)) == {2}


def test_second_close_from_one_page_keeps_the_first_time(client):
    log_in(client)
    room = RoomFactory()
    page = preview(client, "close_joining_now", [room])
    press(client, page, [room], mode="all")
    room.refresh_from_db()

    with nothing_changes():
        press(client, page, [room], mode="all")

    assert format_timestamp(room.join_until) <= format_timestamp(timezone.now())


def _without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


class _Yesterday(signing.TimestampSigner):
    def timestamp(self):
        return signing.b62_encode(int(time.time()) - 25 * 3600)


def _old(seal):
    return _Yesterday(salt=SALT).sign_object(signing.loads(seal, salt=SALT))
