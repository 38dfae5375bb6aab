"""The room list in a real browser: search, keyboard, selection, and live updates."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import MemberFactory, ProjectFactory, RoomFactory, SessionFactory, StaffFactory
from tests.support.browser import log_in

HIDE = """hidden => Object.defineProperty(
    document, "hidden", {configurable: true, get: () => hidden})"""


@pytest.fixture
def rooms(greenroom):
    project = ProjectFactory()
    return [RoomFactory(project=project, name=name) for name in ("attic", "lobby", "lobster")]


@pytest.fixture
def open_list(open_page, greenroom, rooms):
    """Open the list with a stopped clock, so that it refreshes only when a test asks for it."""

    def open_one(path="/", **options):
        page = open_page(**options)
        if options.get("java_script_enabled", True):
            page.clock.install()
        log_in(page, greenroom, StaffFactory())
        page.goto(f"{greenroom.url}{path}")
        return page

    return open_one


def names(page):
    return page.locator("[data-row-link]")


def box(page, name):
    return page.get_by_label(f"Select {name}", exact=True)


def pass_by(page, seconds):
    page.clock.run_for(seconds * 1000)


def test_typing_filters_the_list_and_changes_the_url(open_list):
    page = open_list("/?quality=720p")
    search = page.get_by_label("Search rooms")

    page.keyboard.press("/")
    page.keyboard.type("lob")
    pass_by(page, 1)

    expect(names(page)).to_have_text(["lobster", "lobby"])
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

    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile(r"/\?status=open&ordering=display_name$"))
    expect(names(page)).to_have_text(["attic", "lobby", "lobster"])
    expect(page.locator("#sort-display_name")).to_be_focused()
    page.go_back()
    expect(names(page)).to_have_text(["lobster", "lobby", "attic"])
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

    page.get_by_role("button", name="Change all 2 that match…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 2 rooms")


def test_keyboard_moves_selects_and_opens(open_list, rooms):
    page = open_list()

    for key in "jjjjk":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="lobby")).to_be_focused()
    page.keyboard.press("x")
    expect(box(page, "lobby")).to_be_checked()
    expect(page.get_by_role("link", name="lobby")).to_be_focused()
    page.keyboard.press("?")
    for words in ("Search rooms", "New room", "Next row", "Select row"):
        expect(page.locator("#shortcuts")).to_contain_text(words)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="lobby").focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/rooms/{rooms[1].pk}$"))


def test_only_the_live_parts_refresh(open_list, rooms):
    page = open_list()
    asked = []
    page.on("response", lambda answer: "/rooms/live" in answer.url and asked.append(answer.status))
    box(page, "lobby").check()
    page.get_by_role("link", name="attic").focus()

    with page.expect_response("**/rooms/live?*"):
        pass_by(page, 11)
    with page.expect_response("**/rooms/live?*"):
        pass_by(page, 11)
    assert asked == [200, 304]
    MemberFactory(session=SessionFactory(room=rooms[1]))
    pass_by(page, 11)

    row = page.get_by_role("row", name="lobby")
    expect(row.locator(".state")).to_have_text("Live 1 of 20 inside")
    expect(box(page, "lobby")).to_be_checked()
    expect(page.get_by_role("link", name="attic")).to_be_focused()


def test_hidden_tab_does_not_refresh(open_list):
    page = open_list()
    asked = []
    page.on("request", lambda request: "/rooms/live" in request.url and asked.append(request.url))

    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
    )
    pass_by(page, 60)
    assert not asked
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => false})"
    )
    with page.expect_response("**/rooms/live?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


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
    expect(names(page)).to_have_text(["lobster", "lobby"])
    expect(page).to_have_url(re.compile(r"/\?search=lob$"))
    page.get_by_role("columnheader", name="Room").get_by_role("link").click()
    expect(names(page)).to_have_text(["lobby", "lobster"])
    box(page, "lobby").check()
    page.get_by_role("button", name="Edit selected…").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 1 room")


@pytest.mark.parametrize("name", ["W" * 200, "\u0627\u0644\u0645" * 60, "a b " * 50])
def test_phone_shows_cards_that_fit(open_list, rooms, name):
    RoomFactory(project=rooms[0].project, name="long", display_name=name.strip())

    page = open_list(viewport={"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("link", name="attic")).to_be_visible()
