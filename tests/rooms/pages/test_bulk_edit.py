"""Bulk edit on the staff pages: select, preview, apply exactly the preview, undo."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import StaffLimit
from rooms.changes import change_room
from rooms.changes.validation import SETTINGS
from rooms.jobs.run import AT_ONCE
from rooms.models import Room
from rooms.models.history import Door, RoomChange
from rooms.models.job import Job, JobRow
from rooms.pages.bulk.forms import GROUPS
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import nothing_changes
from tests.support.html import fields_of, log_in, markup_of, messages_of

pytestmark = pytest.mark.django_db

BULK = "/bulk"
HOUR = timedelta(hours=1)
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
MAY = ("rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")
EARLIER = {"direction": "earlier", "hours": "1"}


def window(hours=2, **values):
    return RoomFactory(join_from=NOON, join_until=NOON + hours * HOUR, **values)


def choose(client, rooms, **more):
    return client.post(BULK, {"ids": [str(room.pk) for room in rooms], **more})


def try_on(client, rooms, **typed):
    """Fill in the form for `rooms` as a browser does, and return the next page."""
    page = choose(client, rooms)
    sent = {**fields_of(page), "ids": [str(room.pk) for room in rooms], **typed}
    return follow(client, client.post(BULK, sent))


def follow(client, response):
    if response.status_code != 302:
        return response
    return client.get(response.headers["Location"])


def apply(client, mode="all"):
    return follow(client, client.post(f"/jobs/{job().pk}/apply", {"mode": mode}))


def job():
    return Job.objects.latest("created_at")


def parts(page):
    """Return {part: {room: [lines]}} as the page lists the rooms."""
    return {
        section.part: {
            one.name: [(line.label, line.before, line.after) for line in one.lines]
            for one in section.rows
        }
        for section in page.context["page"].sections()
    }


def whys(page):
    return [
        words
        for section in page.context["page"].sections()
        if section.part == "refused"
        for one in section.rows
        for _, words, _ in one.row.faults
    ]


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
                "max_members must be a whole number from 1 to 300, not 301.",
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
                "join_from is named twice in change.",
            ),
        ],
    )
    def test_error_is_shown_at_its_field_and_the_input_is_kept(self, client, typed, field, words):
        log_in(client)
        room = RoomFactory()
        with nothing_changes():
            page = choose(client, [room])
            sent = {**fields_of(page), "ids": str(room.pk), **typed}
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


class TestPreview:
    def test_preview_shows_before_and_after_and_writes_nothing(self, client):
        log_in(client)
        rooms = [window(name="early"), RoomFactory(name="without")]

        with nothing_changes():
            page = try_on(client, rooms, **EARLIER)

        assert page.context["page"].sentences == ["1 h earlier: Opens, Closes, Everyone leaves at."]
        assert parts(page)["would"] == {
            "early": [
                ("Opens", "Sat 1 Jun 2030, 12:00", "11:00"),
                ("Closes", "Sat 1 Jun 2030, 14:00", "13:00"),
            ]
        }
        assert job().preview_counts == {"changed": 1, "unchanged": 1}
        assert "nothing is changed yet" in page.content.decode()

    def test_refused_rooms_come_first_with_the_reason(self, client):
        log_in(client)
        fine, narrow = window(hours=4), window(hours=1, name="narrow")

        page = try_on(
            client,
            [fine, narrow],
            direction="later",
            hours="2",
            move_join_until="",
            move_remove_at="",
        )
        page = retried(client, [fine, narrow])

        assert list(parts(page)) == ["refused", "would"]
        assert whys(page)[0].startswith("join_until must be after join_from")

    def test_room_of_a_hidden_project_is_reported_as_missing(self, client):
        user = log_in(client, *MAY)
        own, other = RoomFactory(), RoomFactory()
        StaffLimit.objects.create(user=user).projects.add(own.project)

        with nothing_changes():
            page = try_on(client, [own, other], change_max_members="on", max_members="9")

        assert whys(page) == ["There is no such room here."]
        assert other.name not in page.content.decode()

    def test_live_room_has_a_warning(self, client):
        log_in(client)
        live = SessionFactory().room

        page = try_on(client, [live, RoomFactory()], change_max_members="on", max_members="9")

        assert (
            "1 room is live. Its change takes effect from the next session."
            in page.content.decode()
        )
        page = client.get(f"/jobs/{job().pk}?only=live")
        assert list(parts(page)["live"]) == [live.name]

    def test_shift_over_a_clock_change_shows_the_local_times(self, client):
        log_in(client)
        client.cookies["zone"] = "Europe/Berlin"
        # Saturday, 21:00; clocks go forward in the following night.
        room = RoomFactory(join_from=datetime(2030, 3, 30, 20, tzinfo=UTC))

        page = try_on(client, [room], direction="later", days="1")

        text = page.content.decode()
        assert "Sat 30 Mar 2030, 21:00" in text
        assert "Sun 31 Mar 2030, 22:00" in text
        assert "The clocks change in between: 1 day later is 1 day 1 h by the clock." in text
        assert "1 room crosses a clock change in Europe/Berlin" in text

    def test_back_link_restores_the_selection_and_the_input(self, client):
        log_in(client)
        rooms = [window(), window()]
        try_on(client, rooms, **EARLIER, change_record_on_start="on", record_on_start="true")

        page = client.get(f"{BULK}?job={job().pk}")

        told = fields_of(page)
        assert page.context["count"] == 2
        assert (told["hours"], told["minutes"], told["record_on_start"]) == ("1", "0", "true")
        assert "change_record_on_start" in told
        page = follow(client, client.post(BULK, {**told, "hours": "2"}))
        assert page.context["page"].sentences[0].startswith("2 h")


def retried(client, rooms):
    """Shift only the start of the windows by two hours."""
    told = fields_of(choose(client, rooms))
    sent = {name: told[name] for name in ("zone", "preview", "days", "minutes", "move_join_from")}
    sent |= {"ids": [str(room.pk) for room in rooms], "direction": "later", "hours": "2"}
    return follow(client, client.post(BULK, sent))


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
        assert (entry.bulk_id, entry.door) == (job().pk, Door.BULK)
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
        assert RoomChange.objects.latest("pk").door == Door.REVERT

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


class TestWho:
    @pytest.mark.parametrize("lacking", MAY)
    def test_each_permission_is_required(self, client, lacking):
        log_in(client, *(one for one in MAY if one != lacking))

        assert choose(client, [RoomFactory()]).status_code == 403

    def test_job_of_another_user_is_not_found(self, client):
        log_in(client)
        try_on(client, [window()], **EARLIER)
        log_in(client)
        url = f"/jobs/{job().pk}"

        assert client.get(url).status_code == 404
        assert client.get(f"{url}/progress").status_code == 404
        assert client.get(f"{url}/rooms.csv").status_code == 404
        with nothing_changes():
            assert client.post(f"{url}/apply", {"mode": "all"}).status_code == 404


HUGE = "9" * 5000


class TestBadInput:
    """Requests that no page sends: never answered with 5xx, and never a change."""

    @pytest.mark.parametrize(
        "sent",
        [
            {"ids": ["{room}"] * 3},
            {"ids": ["{room}", "not an id"]},
            {"all": "1", "query": "search=%00"},
            {"all": "1", "query": "status=x&project=y&live=z"},
            {"all": "1", "query": "&".join(["a=1"] * 2000)},
            {"all": "1", "query": "search=" + "x" * 5000},
            {"job": "{room}"},
            {"job": HUGE},
            {"ids": "{room}", "preview": "1"},
            {"ids": "{room}", "preview": "1", "zone": "Mars/Phobos", "direction": "up"},
            {"ids": "{room}", "preview": "1", "zone": "UTC", "days": HUGE, "minutes": "60"},
            {"ids": "{room}", "preview": "1", "zone": "UTC", "hours": "\x00", "meta": "\x00"},
            {
                **{"ids": "{room}", "preview": "1", "zone": "UTC"},
                **{f"change_{name}": "on" for name in SETTINGS},
                **dict.fromkeys(SETTINGS, "\x00\u202e"),
            },
            {
                **{"ids": "{room}", "preview": "1", "zone": "UTC"},
                **{f"change_{name}": "on" for name in SETTINGS},
                **dict.fromkeys(SETTINGS, HUGE),
            },
        ],
    )
    def test_invalid_selection(self, client, sent):
        log_in(client)
        room = RoomFactory()
        filled = {
            name: [str(room.pk) if one == "{room}" else one for one in value]
            if isinstance(value, list)
            else value.replace("{room}", str(room.pk))
            for name, value in sent.items()
        }

        with nothing_changes():
            answer = client.post(BULK, filled)
            asked = client.get(BULK, filled)

        assert answer.status_code in (200, 302, 400, 422)
        assert asked.status_code in (200, 302, 400)
        assert Job.objects.count() == 0

    @pytest.mark.parametrize("mode", ["", "ALL", "\x00", HUGE])
    def test_invalid_answer_to_a_preview(self, client, mode):
        log_in(client)
        try_on(client, [window()], **EARLIER)

        with nothing_changes():
            assert client.post(f"/jobs/{job().pk}/apply", {"mode": mode}).status_code == 302

        assert job().state == "ready"

    @pytest.mark.parametrize("path", ["/jobs/x", "/bulk/x/undo", "/jobs/%00"])
    def test_invalid_url(self, client, path):
        log_in(client)

        assert client.get(path).status_code in (400, 404)

    def test_changes_need_a_post(self, client):
        log_in(client)
        try_on(client, [window()], **EARLIER)

        for verb in ("apply", "stop", "again"):
            assert client.get(f"/jobs/{job().pk}/{verb}").status_code == 405
        assert client.get(f"/bulk/{job().pk}/undo").status_code == 405


class TestSize:
    def test_preview_of_forty_rooms_costs_the_same_as_of_two(
        self, client, django_assert_num_queries
    ):
        log_in(client)
        project = ProjectFactory()
        rooms = [
            RoomFactory(project=project, join_from=NOON, join_until=NOON + HOUR) for _ in range(40)
        ]
        try_on(client, rooms[:2], **EARLIER)
        few = f"/jobs/{job().pk}"
        try_on(client, rooms, **EARLIER)
        many = f"/jobs/{job().pk}"

        assert statements(client, few) == statements(client, many) <= 10

    def test_too_many_rooms_are_refused_with_a_message(self, client, monkeypatch):
        monkeypatch.setattr("rooms.jobs.create.MOST_ROOMS", 2)
        log_in(client)
        rooms = [RoomFactory() for _ in range(3)]

        page = try_on(client, rooms, change_max_members="on", max_members="9")

        assert page.status_code == 422
        assert "Narrow the list first" in page.content.decode()
        assert (Job.objects.count(), JobRow.objects.count()) == (0, 0)

    def test_long_job_waits_for_a_worker(self, client):
        log_in(client)
        project = ProjectFactory()
        names = [f"many-{number}" for number in range(AT_ONCE + 1)]
        Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)
        page = client.post(BULK, {"all": "1"})
        typed = {"change_max_members": "on", "max_members": "9"}

        page = follow(client, client.post(BULK, {**fields_of(page), **typed}))

        assert job().state == "waiting"
        assert "You can close this page" in page.content.decode()
        # Other pages show the job, without extra queries for users who have none.
        assert reverse("job-notice", args=[job().pk]) in client.get("/history").content.decode()


def statements(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)
