"""The week in a real browser: a bar that is dragged or moved by keys opens a preview."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from rooms.models import Room
from tests.factories import RoomFactory, StaffFactory
from tests.support.browser import log_in, press

HOUR = timedelta(hours=1)
# A Wednesday.
NOON = datetime(2031, 6, 4, 12, tzinfo=UTC)
DAY = "/week?day=2031-06-04&span=day"


@pytest.fixture
def room(greenroom):
    times = {"join_from": NOON, "join_until": NOON + 3 * HOUR, "remove_at": NOON + 5 * HOUR}
    return RoomFactory(name="ward", display_name="Ward", **times)


@pytest.fixture
def week(page, greenroom, room):
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}{DAY}")
    return page


def bar(page):
    return page.get_by_role("link", name="Ward, opens Wed 4 Jun 2031 12:00, closes 15:00")


def drag(page, share, hours):
    """Drag the window by `hours`, from a place at `share` of its width."""
    box = bar(page).locator("rect.joining").bounding_box()
    x, y = box["x"] + box["width"] * share, box["y"] + 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + hours * box["width"] / 6, y)
    page.mouse.move(x + hours * box["width"] / 3, y)
    page.mouse.up()


def times():
    return Room.objects.values_list("join_from", "join_until", "remove_at").get()


@pytest.mark.parametrize(
    ("share", "what", "after"),
    [
        (0.5, "2 h later: Opens, Closes, Everyone leaves at.", (2, 5, 7)),
        (0.01, "2 h later: Opens.", (2, 3, 5)),
        (0.99, "2 h later: Closes.", (0, 5, 5)),
    ],
)
def test_dragged_bar_or_edge_opens_the_preview_of_a_shift(week, share, what, after):
    before = times()

    drag(week, share, 2)

    week.get_by_text("This is a preview: nothing is changed yet.").wait_for()
    expect(week.get_by_text(what)).to_be_visible()
    assert times() == before
    week.get_by_role("button", name="Apply").first.click()
    week.get_by_role("button", name="Undo").first.wait_for()
    assert times() == tuple(NOON + hours * HOUR for hours in after)
    week.get_by_role("button", name="Undo").first.click()
    week.get_by_role("button", name="Redo").first.wait_for()
    assert times() == before


def test_keys_move_a_bar_and_enter_opens_the_preview(week, room):
    note = week.get_by_role("status").filter(has_text="later")
    bar(week).focus()
    press(week, "ArrowRight")
    expect(note).to_contain_text("All times: 15 min later.")
    press(week, "Escape")
    expect(note).to_be_hidden()

    press(week, "Shift+ArrowRight")
    press(week, "ArrowRight")
    press(week, "ArrowDown")
    expect(note).to_contain_text("Opens: 1 h 15 min later.")
    press(week, "Enter")

    expect(week.get_by_text("1 h 15 min later: Opens.")).to_be_visible()
    assert times()[0] == NOON


def test_bar_is_a_link_when_it_is_not_moved(week, room):
    bar(week).focus()
    press(week, "Enter")

    expect(week.get_by_role("heading", level=1)).to_contain_text("Ward")


def test_week_is_a_table_with_links_without_scripts(open_page, greenroom, room):
    page = open_page(java_script_enabled=False)
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}{DAY}")

    row = page.get_by_role("row", name="Ward")
    expect(row.get_by_role("rowheader")).to_contain_text("Wed 4 Jun 2031 12:00")
    bar(page).press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ward")
