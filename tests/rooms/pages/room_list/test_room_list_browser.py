"""The room list in a real browser: search, keyboard, and selection."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import RoomFactory
from tests.support.browser import press
from tests.support.room_list_browser import box, names, pass_by


def test_typing_filters_the_list_and_changes_the_url(open_list):
    page = open_list("/?quality=720p")
    search = page.get_by_label("Search rooms")

    press(page, "/")
    page.keyboard.type("lob")
    pass_by(page, 1)

    expect(names(page)).to_have_text(["lobby", "lobster"])
    expect(page).to_have_url(re.compile(r"/\?search=lob&quality=720p$"))
    expect(search).to_be_focused()
    expect(page.locator(".chip")).to_have_count(2)
    page.keyboard.type("by")
    pass_by(page, 1)
    expect(names(page)).to_have_text(["lobby"])
    expect(search).to_have_value("lobby")


def test_filter_tab_and_column_head_can_be_combined_and_undone_with_back(open_list):
    page = open_list()

    page.get_by_label("Layout").select_option("3x3")
    expect(page.get_by_text("No rooms found")).to_be_visible()
    page.get_by_role("link", name="Clear filters").first.click()
    expect(names(page)).to_have_count(3)
    expect(page.get_by_label("Layout")).to_have_value("")
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.locator("#tabs [aria-current]")).to_have_text("Open")
    head = page.get_by_role("columnheader", name="Room")
    head.get_by_role("link").click()

    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile(r"/\?status=open&ordering=-display_name$"))
    expect(names(page)).to_have_text(["lobster", "lobby", "attic"])
    expect(page.locator("#sort-name")).to_be_focused()
    page.go_back()
    expect(names(page)).to_have_text(["attic", "lobby", "lobster"])
    expect(page.locator("#tabs [aria-current]")).to_have_text("Open")


def test_rows_are_selected_by_range_and_by_page_and_changed_together(open_list):
    page = open_list()
    count = page.locator("[data-count]")

    box(page, "lobster").check()
    expect(count).to_have_text("1 room selected")
    box(page, "attic").click(modifiers=["Shift"])
    expect(count).to_have_text("3 rooms selected")
    page.get_by_role("button", name="Clear selection").click()
    expect(count).to_have_text("No room selected")
    expect(page.get_by_role("button", name="Edit selected…")).to_be_disabled()
    page.get_by_label("Select all rooms on this page").check()
    box(page, "lobby").uncheck()
    page.get_by_role("button", name="Edit selected…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 2 rooms")


def test_all_matching_rooms_are_changed_together(open_list):
    page = open_list("/?search=lob")

    page.get_by_role("button", name="Edit all 2 results…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 2 rooms")


def test_keyboard_moves_selects_and_opens(open_list, rooms):
    page = open_list()

    for key in "jjjjk":
        press(page, key)
    expect(page.get_by_role("link", name="lobby")).to_be_focused()
    press(page, "x")
    expect(box(page, "lobby")).to_be_checked()
    expect(page.get_by_role("link", name="lobby")).to_be_focused()
    press(page, "?")
    for words in ("Search rooms", "New room", "Next row", "Select row"):
        expect(page.locator("#shortcuts")).to_contain_text(words)
    press(page, "Escape")
    page.get_by_role("link", name="lobby").focus()
    press(page, "Enter")

    expect(page).to_have_url(re.compile(f"/rooms/{rooms[1].pk}$"))


def test_view_is_saved_and_opened(open_list):
    page = open_list("/?search=lob")

    page.get_by_text("Save this view").click()
    page.get_by_label("Name", exact=True).fill("Entrance")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="All rooms").click()
    expect(names(page)).to_have_count(3)
    page.get_by_role("link", name="Entrance").click()

    expect(names(page)).to_have_count(2)
    expect(page.locator("#views [aria-current]")).to_have_text("Entrance")
    expect(page.get_by_label("Search rooms")).to_have_value("lob")


def test_list_works_without_scripts(open_list):
    page = open_list(java_script_enabled=False)

    page.get_by_label("Search rooms").fill("lob")
    page.get_by_role("button", name="Search").click()
    expect(names(page)).to_have_text(["lobby", "lobster"])
    expect(page).to_have_url(re.compile(r"/\?search=lob$"))
    page.get_by_role("columnheader", name="Room").get_by_role("link").click()
    expect(names(page)).to_have_text(["lobster", "lobby"])
    box(page, "lobby").check()
    expect(
        page.get_by_text("Without JavaScript, a selection has only rooms of this")
    ).to_be_visible()
    page.get_by_role("button", name="Edit selected…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 1 room")


@pytest.mark.parametrize("name", ["W" * 200, "\u0627\u0644\u0645" * 60, "a b " * 50])
def test_phone_shows_cards_that_fit(open_list, rooms, name):
    RoomFactory(project=rooms[0].project, name="long", display_name=name.strip())

    page = open_list(viewport={"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("link", name="attic")).to_be_visible()
    # Two lines a room: its name, and whether someone can get in.
    heights = "[...document.querySelectorAll('[data-row]')].map((row) => row.offsetHeight)"
    assert max(page.evaluate(heights)) < 80


INSIDE = """() => [...document.querySelectorAll("[data-row]")]
    .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
HEAD_TOP = "document.querySelector('thead th').getBoundingClientRect().top"


def test_fifteen_rooms_fit_in_a_window_and_the_head_stays_in_sight(open_list, rooms):
    for number in range(20):
        name = f"{number} {'long name ' * 15}" if number % 2 else f"\u0627\u0644\u0645 {number}" * 9
        RoomFactory(project=rooms[0].project, name=f"{number}-{'x' * 60}", display_name=name)

    page = open_list(viewport={"width": 1280, "height": 800})

    assert page.evaluate(INSIDE) >= 15
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    names(page).last.scroll_into_view_if_needed()
    assert page.evaluate(HEAD_TOP) == 0
    # A wide table scrolls in a frame.
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_role("checkbox", name="Video").check()
    page.get_by_role("checkbox", name="Changed").check()
    page.get_by_role("button", name="Show columns").click()
    expect(page).to_have_url(re.compile("columns=name%2Cstatus%2Canswer%2Cwhen%2Ccapacity"))
    names(page).last.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.table-scroll').scrollBy(999, 0)")
    frame = page.locator(".table-scroll").bounding_box()
    head = page.get_by_role("columnheader", name="Room").bounding_box()
    assert abs(head["y"] - frame["y"]) < 2
    assert frame["x"] <= head["x"] < frame["x"] + 50
