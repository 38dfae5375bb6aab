"""The days on which rooms open, as filters of the room list."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.models import Room
from rooms.pages.page_filter import PageFilter, midnight
from tests.factories import RoomFactory
from tests.support.html import log_in
from tests.support.room_list_page import links, text

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def found(**query):
    return {room.name for room in PageFilter(query, Room.objects.all()).narrowed()}


def form_of(page):
    return re.search('<form id="filters".*?</form>', page.content.decode(), re.S)[0]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_days_are_those_of_the_users_zone(project, zone):
    with timezone.override(zone):
        today = timezone.localdate()
        days = {number: midnight(today, number) for number in range(-7, 9)}
        for number, start in days.items():
            RoomFactory(project=project, name=f"first{number}", join_from=start)
            last = midnight(today, number + 1) - SECOND
            RoomFactory(
                project=project, name=f"last{number}", join_from=last, join_until=last + SECOND
            )
        RoomFactory(project=project, name="always")

        monday = -today.weekday()
        for opens, first, count in (("today", 0, 1), ("tomorrow", 1, 1), ("week", monday, 7)):
            inside = set(range(first, first + count)) & days.keys()
            assert found(opens=opens) == {f"{e}{n}" for n in inside for e in ("first", "last")}
        assert "always" in found(opens="days")
        day = today.isoformat()
        assert found(starts_after=day) == {f"{e}{n}" for n in range(9) for e in ("first", "last")}
        # The end of a day belongs to it.
        assert found(ends_before=day) == {f"last{number}" for number in range(-7, 1)}


def test_form_sends_days_and_chips_name_them(client, project):
    log_in(client)
    start = midnight(timezone.localdate(), 1)
    RoomFactory(project=project, name="soon", join_from=start, join_until=start + SECOND)
    RoomFactory(project=project, name="always")
    day = f"{timezone.localdate() + timedelta(days=1)}"

    assert links(client.get("/?opens=tomorrow")) == ["soon"]
    assert "Opens tomorrow" in text(client.get("/?opens=tomorrow"))
    page = client.get(f"/?starts_after={day}&ends_before={day}")
    assert links(page) == ["soon"]
    fields = re.findall(r'type="date" name="(\w+)" value="([^"]*)"', page.content.decode())
    assert fields == [("starts_after", day), ("ends_before", day)]
    assert form_of(page).count('name="starts_after"') == 1
    assert re.search("Opens from: \\w+ \\d+ \\w+", text(page))
    # Fields for other days leave out no room.
    assert links(client.get("/?opens=days")) == ["always", "soon"]
    assert 'class="chip"' not in client.get("/?opens=days").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("opens=yesterday", "opens must be one of today, tomorrow, week, days"),
        ("starts_after=2026-02-30", "starts_after must be a day such as 2025-06-13"),
        ("ends_before=soon", "ends_before must be a day such as 2025-06-13"),
        (
            "starts_after=2026-12-02&ends_before=2026-12-01",
            "ends_before must be after starts_after",
        ),
    ],
)
def test_invalid_day_is_reported_and_the_other_filters_apply(client, room, query, words):
    log_in(client)

    page = client.get(f"/?quality=720p&{query}")

    assert page.status_code == 422
    assert words in text(page)
    assert "720p" in text(page)
