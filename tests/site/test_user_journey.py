"""A staff user's day: find a room, move it over a clock change, resolve a conflict, undo, and watch
a member join.

Bulk edits and imports are in test_bulk_browser.py.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from rooms.changes import change_room
from rooms.models import Room
from sessions.lifecycle.admission import admit
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, ProjectFactory, RoomFactory, StaffFactory
from tests.support.browser import log_in

CONFLICT = "status of 409"
ZONE = "Europe/Berlin"
# Clocks go back on the 31st at 03:00, so the window is nine hours, not eight.
NIGHT = {"Opens": "2027-10-30T22:00:00", "Closes": "2027-10-31T06:00:00"}
OPENS, CLOSES = datetime(2027, 10, 30, 20, tzinfo=UTC), datetime(2027, 10, 31, 5, tzinfo=UTC)
# Milliseconds: the longest interval at which pages refresh themselves, and a margin.
A_WHILE = 11_000
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


@pytest.fixture
def room(greenroom):
    project = ProjectFactory()
    for name in ("attic", "lobby", "library"):
        RoomFactory(project=project, name=name)
    return RoomFactory(project=project, name="night-watch", display_name="Night watch")


@pytest.fixture
def open_tab(open_page, greenroom):
    """Open tabs of one user in Berlin; a tab with an installed clock must be advanced by hand."""
    person = StaffFactory()

    def open_one(path, scripts, has_clock=False):
        page = open_page(timezone_id=ZONE, java_script_enabled=scripts, allowed=(CONFLICT,))
        if has_clock and scripts:
            page.clock.install()
        log_in(page, greenroom, person)
        page.context.add_cookies([{"name": "zone", "value": ZONE, "url": greenroom.url}])
        page.goto(f"{greenroom.url}{path}")
        return page

    return open_one


@pytest.mark.long
@with_and_without_scripts
def test_day_of_a_staff_user(open_tab, room, scripts):
    page = open_tab("/", scripts)

    find(page, room)
    move_over_the_night(page, room)
    settle_the_conflict(page, room)
    put_the_night_back(page, room)
    for path in ("/", "/now"):
        watch(open_tab(path, scripts, has_clock=True), room, scripts)


def find(page, room):
    page.get_by_label("Search rooms").fill("watch")
    page.get_by_label("Search rooms").press("Enter")
    expect(page.locator("[data-row-link]")).to_have_text(["Night watch"])
    page.get_by_role("link", name="Night watch").click()
    expect(page).to_have_url(re.compile(f"/rooms/{room.pk}$"))


def move_over_the_night(page, room):
    """Enter the night's window, and save after another tab has set the same fields."""
    for label, clock in NIGHT.items():
        page.get_by_label(label).fill(clock)
    page.get_by_label("Capacity").fill("40")
    change_room(Room.objects, room.pk, {"max_members": 30, "quality": "1080p"}, by=TESTS)
    page.get_by_role("button", name="Save").click()


def settle_the_conflict(page, room):
    expect(page.get_by_role("heading", level=1)).to_have_text("Another user changed this room")
    assert Room.objects.get(pk=room.pk).join_from is None
    page.get_by_label("Theirs").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Opens: ")).to_be_visible()
    now = Room.objects.get(pk=room.pk)
    assert (now.join_from, now.join_until) == (OPENS, CLOSES)
    assert (now.max_members, now.quality, now.version) == (30, "1080p", 3)
    # The conflict page still has the typed hours.
    for label, clock in NIGHT.items():
        expect(page.get_by_label(label)).to_have_value(clock.removesuffix(":00"))


def put_the_night_back(page, room):
    page.goto(f"{page.url.partition('?')[0]}/history")
    page.get_by_role("link", name="Revert version 3 of Night watch…").click()
    expect(page.get_by_text("These fields will change:")).to_be_visible()
    expect(page.locator(".moved tbody tr")).to_have_count(2)
    assert Room.objects.get(pk=room.pk).join_from == OPENS
    page.get_by_role("button", name="Revert").click()
    expect(page.locator("ol.changes > li")).to_have_count(4)
    now = Room.objects.get(pk=room.pk)
    assert (now.join_from, now.join_until, now.max_members) == (None, None, 30)


def watch(page, room, scripts):
    """Admit one more member, and wait until `page` shows it."""
    inside = sum(session.members.count() for session in room.sessions.all())
    expect(page.get_by_text(f"{inside + 1} of 30")).to_have_count(0)
    admit(Claims(room.project_id, room.name), by=TESTS)
    if scripts:
        page.clock.run_for(A_WHILE)
    else:
        page.reload()
    expect(page.get_by_role("row", name="Night watch")).to_contain_text(f"{inside + 1} of 30")
