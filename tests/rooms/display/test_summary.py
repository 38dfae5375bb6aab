"""A room's settings as a sentence, with remarks about surprising combinations."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from rooms.display.summary import remarks, summarize
from rooms.display.times import exact_span
from rooms.models import Room

# Tuesday, 09:00 in Berlin.
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_berlin():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "Always open; up to 20 people."),
        ({"max_members": 1}, "Always open; one person at a time."),
        (
            {
                "join_from": NOW + DAY,
                "join_until": NOW + DAY + 9 * HOUR,
                "remove_at": NOW + DAY + 9.5 * HOUR,
            },
            "Opens tomorrow 09:00, closes 18:00; up to 20 people; everyone leaves at 18:30.",
        ),
        (
            {"join_from": NOW - HOUR, "join_until": NOW + 2 * DAY},
            "Open since today 08:00, closes Thu 26 Nov 09:00; up to 20 people.",
        ),
        ({"join_until": NOW + HOUR}, "Open now, closes today 10:00; up to 20 people."),
        # The window opens and closes exactly at its times.
        ({"join_from": NOW}, "Open since today 09:00; up to 20 people."),
        ({"join_until": NOW}, "Closed since today 09:00; up to 20 people."),
        (
            {"join_until": NOW - DAY, "remove_at": NOW + HOUR},
            "Closed since yesterday 09:00; up to 20 people; everyone leaves today 10:00.",
        ),
        (
            {"join_from": NOW - DAY, "remove_at": NOW},
            "Closed since today 09:00; up to 20 people; everyone left today 09:00.",
        ),
        # Removing everyone also closes the room, so only that is shown.
        (
            {"join_until": NOW + 3 * HOUR, "remove_at": NOW + 2 * HOUR},
            "Open now; up to 20 people; everyone leaves today 11:00.",
        ),
        (
            {"remove_after_seconds_elapsed": 5400, "record_on_start": True},
            "Always open; up to 20 people; each person leaves 1 h 30 min after joining; "
            "recorded from the start.",
        ),
        (
            {"enable_room_previews": True},
            "Always open; up to 20 people; with previews.",
        ),
    ],
)
def test_settings_are_described_in_a_sentence(settings, sentence):
    assert summarize(Room(**settings), NOW) == sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (86400, "1 day"),
        (2**31 - 1, "24855 days 3 h 14 min 7 s"),
        (0, "0 s"),
    ],
)
def test_duration_is_shown_exactly(seconds, words):
    assert exact_span(seconds) == words


def test_removal_before_the_close_is_remarked():
    room = Room(join_until=NOW + 2 * HOUR, remove_at=NOW + HOUR)

    assert remarks(room, NOW) == [
        "Everyone leaves before today 11:00, so joining ends then.",
    ]
    assert remarks(Room(join_until=NOW + HOUR, remove_at=NOW + HOUR), NOW) == []


def test_layout_with_fewer_pictures_than_people_is_remarked():
    assert remarks(Room(layout="2x2", max_members=5), NOW) == [
        "The layout shows 4 of up to 5 people."
    ]
    assert remarks(Room(layout="2x2", max_members=4), NOW) == []
    assert remarks(Room(layout="grid-responsive", max_members=300), NOW) == []
