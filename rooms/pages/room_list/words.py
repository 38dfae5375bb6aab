"""The texts of the list's filters and orders."""

from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext

from rooms.models import Layout, Quality, RoomStatus
from rooms.pages.page_filter import OTHER_DAYS, TODAY, TOMORROW, WEEK


def status_tabs() -> list[tuple[str, dict[str, str]]]:
    return [
        (gettext("All"), {}),
        (gettext("Live now"), {"live": "true"}),
        (gettext("Open"), {"status": "open"}),
        (gettext("Full"), {"status": "full"}),
        (gettext("Scheduled"), {"status": "scheduled"}),
        (gettext("Closed"), {"status": "closed"}),
    ]


def status_words() -> dict[str, str]:
    return {
        RoomStatus.SCHEDULED: gettext("Scheduled"),
        RoomStatus.OPEN: gettext("Open"),
        RoomStatus.FULL: gettext("Full"),
        RoomStatus.CLOSED: gettext("Closed"),
    }


def _words_of(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


# Each select of a page needs them.
@cache
def filter_words(_language: str | None) -> dict[str, dict[str, Any]]:
    return {
        "status": status_words(),
        "live": {"true": gettext("Live now"), "false": gettext("Not live")},
        "opens": {
            TODAY: gettext("Opens today"),
            TOMORROW: gettext("Opens tomorrow"),
            WEEK: gettext("Opens this week"),
            OTHER_DAYS: gettext("Other days…"),
        },
        "quality": _words_of(Quality),
        "layout": _words_of(Layout),
        "record_on_start": {"true": gettext("Records"), "false": gettext("Does not record")},
        "enable_room_previews": {"true": gettext("Previews"), "false": gettext("No previews")},
        "include_auto_created": {"true": gettext("Token rooms: shown")},
    }


@cache
def filter_labels(_language: str | None) -> dict[str, str]:
    return {
        "search": gettext("Search"),
        "status": gettext("Status"),
        "live": gettext("Live"),
        "project": gettext("Project"),
        "quality": gettext("Quality"),
        "layout": gettext("Layout"),
        "record_on_start": gettext("Recording"),
        "enable_room_previews": gettext("Previews"),
        "include_auto_created": gettext("Token rooms"),
        "name": gettext("Name"),
        "display_name": gettext("Display name"),
        "opens": gettext("Opens"),
        "starts_after": gettext("Opens from"),
        "ends_before": gettext("Closes by"),
        "ordering": gettext("Sort"),
    }


def list_orders() -> dict[str, str]:
    """Return the orders of the list; each has an index (Room.Meta.indexes).

    Only max_members and updated_at have none: a million rooms are sorted in half a second.
    """
    return {
        "display_name": gettext("Name, A to Z"),
        "-display_name": gettext("Name, Z to A"),
        "-created_at": gettext("Newest first"),
        "created_at": gettext("Oldest first"),
        "join_from": gettext("Opens earliest"),
        "-join_from": gettext("Opens latest"),
        "join_until": gettext("Closes earliest"),
        "-join_until": gettext("Closes latest"),
        "-max_members": gettext("Largest capacity"),
        "max_members": gettext("Smallest capacity"),
        "-updated_at": gettext("Most recently updated"),
        "updated_at": gettext("Least recently updated"),
    }
