"""Bulk edit on the staff pages: the preview."""

from datetime import UTC, datetime

import pytest

from access.models import StaffLimit
from tests.factories import RoomFactory, SessionFactory
from tests.support.api import nothing_changes
from tests.support.bulk_changes import MAY
from tests.support.bulk_pages import (
    BULK,
    EARLIER,
    follow,
    job,
    parts,
    retried,
    try_on,
    whys,
    window,
)
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db


class TestPreview:
    def test_preview_shows_before_and_after_and_writes_nothing(self, client):
        log_in(client)
        rooms = [window(name="early"), RoomFactory(name="without")]

        with nothing_changes():
            page = try_on(client, rooms, **EARLIER)

        assert page.context["page"].sentences == ["1 h earlier: Opens, Closes, Everyone leaves at."]
        assert parts(page)["would"] == {
            "early": [
                ("Opens", "Sat 1 Jun 2030 12:00", "11:00"),
                ("Closes", "Sat 1 Jun 2030 14:00", "13:00"),
            ]
        }
        assert job().preview_counts == {"changed": 1, "unchanged": 1}
        assert "nothing is changed yet" in page.content.decode()

    @pytest.mark.parametrize(
        ("preset", "words"),
        [
            ("-1h", "1 h earlier"),
            ("1h", "1 h later"),
            ("1d", "1 day later"),
            ("1w", "7 days later"),
        ],
    )
    def test_preset_replaces_the_length_and_the_direction(self, client, preset, words):
        log_in(client)
        other = {
            "direction": "later" if preset == "-1h" else "earlier",
            "days": "9",
            "minutes": "3",
        }

        page = try_on(client, [window()], **other, preset=preset)

        assert page.context["page"].sentences == [f"{words}: Opens, Closes, Everyone leaves at."]

    def test_preset_is_kept_if_another_field_is_invalid(self, client):
        log_in(client)

        page = try_on(client, [window()], preset="-1h", change_max_members="on", max_members="0")

        kept = fields_of(page)
        assert page.status_code == 422
        assert (kept["direction"], kept["hours"], kept["days"]) == ("earlier", "1", "0")

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
        assert "Sat 30 Mar 2030 21:00" in text
        assert "Sun 31 Mar 2030 22:00" in text
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
