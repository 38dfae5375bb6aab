from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from rooms.changes.validation import SETTINGS, WRITABLE
from rooms.display.values import Moved, label, moved, value_text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("display_name", "Ward 3", "Ward 3"),
        ("display_name", None, None),
        ("max_members", 20, "20"),
        ("layout", "2x2", "2 × 2"),
        ("layout", "a layout of old", "a layout of old"),
        ("record_on_start", True, "yes"),
        ("record_on_start", False, "no"),
        ("join_from", "2020-03-29T00:30:00Z", "Sun 29 Mar 2020 01:30"),
        ("join_from", "no moment", "no moment"),
        ("remove_after_seconds_elapsed", 59, "59"),
        ("remove_after_seconds_elapsed", 5400, "5400 s (1 h 30 min)"),
        ("meta", {"ward": "Ü"}, '{"ward": "Ü"}'),
        ("a field of old", [1], "[1]"),
    ],
)
def test_value_is_shown_in_words(name, value, words):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert value_text(name, value) == words


def test_fields_have_the_order_of_the_form():
    changes = {name: [None, None] for name in (*reversed(WRITABLE), "of_old")}

    assert [one.name for one in moved(changes)] == ["name", *SETTINGS, "of_old"]


def test_field_is_named_by_its_label():
    assert moved({"join_from": [None, "2020-01-01T00:00:00Z"]}) == [
        Moved("join_from", "Opens", None, "Wed 1 Jan 2020 00:00")
    ]
    assert label("of_old") == "of_old"
