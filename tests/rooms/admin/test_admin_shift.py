"""The bulk action that shifts the schedule."""

from datetime import timedelta

import pytest

from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk_pages import whys
from tests.support.html import fields_of, log_in
from tests.support.open_windows import HOUR, NOON, window, without
from tests.support.room_list import apply, ask, press_preview, preview, run

pytestmark = pytest.mark.django_db


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

        sent = without(fields_of(page), "move_join_from", "move_remove_at")
        client.post("/bulk", {**sent, "hours": "1", "direction": "later"})
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
                "Opens must be shifted by a whole number of seconds from -316224000 to "
                "316224000, not 316224060.",
            ),
            ({"hours": "1", "direction": "up"}, "direction", None),
            ({"hours": "1", "direction": ""}, "direction", "Choose “Later” or “Earlier”."),
            ({"preset": "1y"}, "preset", None),
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
