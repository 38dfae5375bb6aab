"""Bulk actions of the admin lead to a preview."""

import re

import pytest
from django.utils.html import escape

from rooms.bulk.engine import CHUNK
from rooms.display.refusals import in_words
from rooms.jobs.run import work
from rooms.models import Room
from rooms.models.job import Job
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, TokenFactory
from tests.support.api import ROOMS_URL, client_of, nothing_changes
from tests.support.bulk_pages import parts, whys
from tests.support.html import fields_of, log_in
from tests.support.open_windows import window, without
from tests.support.room_list import apply, ask, follow, newest_job, preview

pytestmark = pytest.mark.django_db


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

    def test_refusal_has_the_reason_of_the_api_in_words(self, client):
        log_in(client)
        room = window(hours=1)
        token = TokenFactory(project=room.project)
        change = {"shift": {"join_from": 7200}}
        answer = client_of(token).post(
            f"{ROOMS_URL}/bulk?dry_run=true", {"select": {"ids": [str(room.pk)]}, "change": change}
        )

        sent = without(
            fields_of(ask(client, "shift_schedule", [room])), "move_join_until", "move_remove_at"
        )
        page = follow(client, client.post("/bulk", {**sent, "hours": "2", "direction": "later"}))

        (error,) = answer.json()["results"][0]["errors"]
        assert whys(page) == [error["message"]]
        assert escape(in_words(error["message"])) in page.content.decode()

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
        with django_assert_max_num_queries(111):
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
