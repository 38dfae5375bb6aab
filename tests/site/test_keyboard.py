"""Keyboard only: from the list to a saved room, with the help dialog on the way.

The list's own keys are in test_room_list_browser.py, those of bulk edit in test_bulk_browser.py.
"""

import pytest
from playwright.sync_api import expect

from rooms.models import Room
from tests.factories import ProjectFactory, RoomFactory, StaffFactory
from tests.support.browser import log_in, press

# The largest number of Tab presses that is acceptable.
STEPS = 80


@pytest.fixture
def room(greenroom):
    return RoomFactory(project=ProjectFactory(), name="lobby", display_name="Lobby")


@pytest.fixture
def staff_page(page, greenroom, room):
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/")
    return page


def tab_to(page, target):
    """Press Tab until `target` has the focus, and check that the focus is visible."""
    for _ in range(STEPS):
        press(page, "Tab")
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate(
                "element => { const style = getComputedStyle(element);"
                " return style.outlineStyle + style.boxShadow }"
            )
            assert outline != "nonenone"
            return
    raise AssertionError(f"{target} is not reached by Tab")


def test_room_is_found_changed_and_saved(staff_page, room):
    page = staff_page

    tab_to(page, page.get_by_role("link", name="Lobby"))
    press(page, "Enter")
    tab_to(page, page.get_by_label("Capacity"))
    press(page, "Control+a")
    page.keyboard.type("33")
    tab_to(page, page.get_by_role("button", name="Save"))
    press(page, "Enter")

    expect(page.get_by_text("Saved. Capacity: ")).to_be_visible()
    assert Room.objects.get(pk=room.pk).max_members == 33


def test_first_tab_is_the_skip_link(staff_page):
    page = staff_page
    link = page.get_by_role("link", name="Skip to content")

    press(page, "Tab")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    press(page, "Enter")

    expect(page.locator("#main")).to_be_focused()


def test_help_opens_and_closes_and_returns_the_focus(staff_page):
    page = staff_page
    link = page.get_by_role("link", name="Lobby")
    link.focus()

    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press(page, "Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    press(page, "Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_menu_closes_with_escape_and_returns_the_focus(staff_page):
    page = staff_page
    name = page.locator("header details.menu > summary")

    tab_to(page, name)
    press(page, "Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    press(page, "Escape")

    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(name).to_be_focused()


SENDING = {
    "in a form": "<form method=post><button data-shortcut=5>a</button></form>",
    "in a form of a search": "<form><button data-shortcut=6>b</button></form>",
    "outside its form": "<form id=f method=post></form><button form=f data-shortcut=7>c</button>",
    "as an input": "<form method=post><input type=submit data-shortcut=8></form>",
}


def test_no_plain_key_sends_a_form(staff_page, greenroom):
    page = staff_page
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
        "".join(SENDING.values()),
    )
    sent = []
    page.on(
        "request",
        lambda request: sent.append(request.url) if request.is_navigation_request() else None,
    )

    for key in "5678":
        page.locator("h1").first.click()
        press(page, key)
        expect(page.locator(f"[data-shortcut='{key}']")).to_be_focused()

    assert sent == []
    assert page.url == f"{greenroom.url}/"
