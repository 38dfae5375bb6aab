"""The row of a room in a browser: its menu, and its form."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.values.timestamps import whole_second
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS
from tests.support.axe import violations
from tests.support.browser import press
from tests.support.room_list_browser import box, names
from tests.support.room_page_browser import CONFLICT, REFUSED, stored


@pytest.fixture
def lobby(rooms):
    """The second room of the list, open for two more hours."""
    times = {"join_until": whole_second(timezone.now()) + timedelta(hours=2)}
    return change_room(Room.objects, rooms[1].pk, times, by=TESTS).room


def menu(page):
    return page.locator("#room-menu")


def test_menu_changes_a_room_in_its_row_and_undo_leads_back(open_list, lobby):
    page = open_list("/?search=lob", reduced_motion="reduce")
    box(page, "lobby").check()
    row = page.locator(f"#row-{lobby.pk}")

    row.get_by_role("link", name="Actions").click()
    expect(menu(page).get_by_role("heading", name="lobby")).to_be_visible()
    assert not violations(page)
    press(page, "Escape")
    expect(menu(page)).to_be_hidden()
    expect(row.get_by_role("link", name="Actions")).to_be_focused()
    names(page).first.focus()
    press(page, "m")
    expect(menu(page)).to_be_visible()
    press(page, "Escape")
    row.get_by_role("link", name="Actions").press("Enter")
    menu(page).get_by_role("button", name="+30 minutes").click()

    expect(page.get_by_text("Saved. Closes: ")).to_be_visible()
    expect(menu(page)).to_be_hidden()
    expect(row.get_by_role("link", name="Actions")).to_be_focused()
    assert stored(lobby).join_until == lobby.join_until + timedelta(minutes=30)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone. Closes: ")).to_be_visible()
    expect(page.get_by_label("Search rooms")).to_have_value("lob")
    assert stored(lobby).join_until == lobby.join_until


def test_stale_menu_shows_the_reason_in_the_menu(open_list, lobby):
    page = open_list(allowed=(CONFLICT,))
    page.locator(f"#row-{lobby.pk} [data-menu]").click()
    expect(menu(page)).to_be_visible()
    change_room(Room.objects, lobby.pk, {"max_members": 30}, by=TESTS)

    menu(page).get_by_role("button", name="Close now").click()

    expect(menu(page).get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(menu(page).get_by_role("alert")).to_be_focused()
    assert stored(lobby).join_until == lobby.join_until
    menu(page).get_by_role("button", name="Close now").click()
    expect(page.locator(f"#now-{lobby.pk}")).to_contain_text("Closed")


def test_row_is_edited_with_the_keyboard(open_list, lobby):
    page = open_list(reduced_motion="reduce", allowed=(REFUSED,))
    link = page.get_by_role("link", name="lobby", exact=True)
    link.focus()
    press(page, "e")
    capacity = page.get_by_role("spinbutton", name="Capacity")
    expect(capacity).to_be_focused()
    assert not violations(page)
    page.keyboard.type("33")
    press(page, "Escape")
    expect(link).to_be_focused()

    press(page, "e")
    expect(capacity).to_be_focused()
    page.keyboard.type("33")
    page.locator("[data-editing]").get_by_label("Opens").fill("2030-06-01T09:00:00")
    press(page, "Enter")
    expect(page.get_by_text("must be after Opens")).to_be_visible()
    assert stored(lobby).version == lobby.version
    page.locator("[data-editing]").get_by_label("Opens").fill("")
    press(page, "Enter")

    expect(page.get_by_text("Saved. Capacity: 33 (was 20).")).to_be_visible()
    expect(page.locator(f"#row-{lobby.pk} .capacity")).to_have_text("33")
    expect(page.locator("#row-forms form")).to_have_count(0)
    assert stored(lobby).max_members == 33


def test_conflict_in_a_row_opens_the_page_with_the_entries(open_list, lobby):
    page = open_list(allowed=(CONFLICT,))
    page.locator(f"#row-{lobby.pk} .capacity a").click()
    page.get_by_role("spinbutton", name="Capacity").fill("33")
    change_room(Room.objects, lobby.pk, {"max_members": 30}, by=TESTS)

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Another user changed this room")
    page.get_by_label("Yours").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Capacity: 33 (was 30).")).to_be_visible()


def test_row_and_menu_work_without_scripts(open_list, lobby):
    page = open_list(java_script_enabled=False)

    page.locator(f"#row-{lobby.pk} .capacity a").click()
    expect(page).to_have_url(f"{page.url.split('/rooms')[0]}/rooms/{lobby.pk}#id_max_members")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_text(str(lobby.pk))).to_be_visible()
    page.get_by_role("button", name="+30 minutes").click()

    expect(page.get_by_text("Saved. Closes: ")).to_be_visible()
    assert stored(lobby).join_until == lobby.join_until + timedelta(minutes=30)
