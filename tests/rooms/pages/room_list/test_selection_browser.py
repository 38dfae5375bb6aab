"""The selection of rooms in a real browser: it survives search, sorting, pages and other pages."""

import re

import pytest
from playwright.sync_api import expect

from rooms.models import Room
from tests.factories import StaffFactory
from tests.support.browser import log_in, press
from tests.support.room_list_browser import box, names


@pytest.fixture
def wards(rooms):
    """Two pages of rooms: fifty and three."""
    made = [Room(project=rooms[0].project, name=f"ward-{number:02}") for number in range(50)]
    return Room.objects.bulk_create(made)


@pytest.fixture
def page(open_page, greenroom, wards):
    page = open_page()
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/?ordering=name")
    return page


def count(page):
    return page.locator("[data-count]")


def search(page, text):
    page.get_by_label("Search rooms").fill(text)


def test_selection_survives_search_order_pages_and_an_opened_room(page, greenroom):
    box(page, "attic").check()
    search(page, "lob")
    expect(count(page)).to_have_text("1 selected, 1 not shown")
    page.get_by_role("link", name="lobby").focus()
    press(page, "x")
    expect(count(page)).to_have_text("2 selected, 1 not shown")
    search(page, "")
    expect(box(page, "attic")).to_be_checked()
    expect(count(page)).to_have_text("2 rooms selected")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Select all rooms on this page").check()
    expect(count(page)).to_have_text("5 selected, 2 not shown")
    page.get_by_role("link", name="ward-49").click()
    page.goto(f"{greenroom.url}/?ordering=-name")
    expect(box(page, "ward-49")).to_be_checked()
    search(page, "no such room")
    expect(page.get_by_role("heading", name="No rooms found")).to_be_visible()
    expect(count(page)).to_have_text("5 selected, 5 not shown")

    page.get_by_role("button", name="Edit selected…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 5 rooms")


def test_selection_is_cleared_by_its_button_and_after_its_bulk_edit(page, greenroom):
    box(page, "attic").check()
    box(page, "lobby").check()
    search(page, "ward-4")
    page.get_by_role("button", name="Clear selection").click()
    expect(count(page)).to_have_text("No room selected")
    box(page, "ward-40").check()
    search(page, "lobby")
    box(page, "lobby").check()
    page.get_by_role("button", name="Edit selected…").click()
    page.get_by_label("Capacity", exact=True).fill("7")
    page.get_by_role("button", name="Preview").click()
    page.goto(f"{greenroom.url}/?search=lobby")
    expect(count(page)).to_have_text("2 selected, 1 not shown")
    page.go_back()
    page.get_by_role("button", name="Apply to all 2 rooms").click()
    page.get_by_role("button", name="Undo").wait_for()
    # The script of this page clears the selection.
    page.wait_for_load_state()

    page.goto(f"{greenroom.url}/?search=lobby")

    expect(count(page)).to_have_text("No room selected")
    expect(box(page, "lobby")).not_to_be_checked()
    assert sorted(Room.objects.filter(max_members=7).values_list("name", flat=True)) == [
        "lobby",
        "ward-40",
    ]


def test_selection_belongs_to_the_user_and_is_bounded(page, greenroom):
    box(page, "attic").check()
    page.locator("#bar").evaluate("bar => (bar.dataset.most = 3)")
    page.get_by_label("Select all rooms on this page").click()
    expect(count(page)).to_have_text(re.compile(r"rooms selected\. A bulk edit takes no more\."))
    expect(page.locator("#selection input[name=ids]:checked")).to_have_count(3)

    log_in(page, greenroom, StaffFactory())
    page.reload()

    expect(names(page)).to_have_count(50)
    expect(count(page)).to_have_text("No room selected")
