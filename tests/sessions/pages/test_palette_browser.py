"""The command palette in a browser: keys, focus, races, and nothing that a key changes."""

import pytest
from playwright.sync_api import expect

from rooms.models import Room
from tests.factories import MemberFactory, RoomFactory, SessionFactory, StaffFactory
from tests.support.axe import violations
from tests.support.browser import log_in, press


@pytest.fixture
def room(greenroom):
    return RoomFactory(name="ward-5", display_name="Ward 5 · Evening handover")


@pytest.fixture
def staff_page(open_page, greenroom, room):
    page = open_page(reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/week")
    return page


def opened(page):
    press(page, "Control+k")
    field = page.get_by_role("combobox", name="Rooms, people and pages")
    expect(field).to_be_focused()
    return field


def test_room_is_opened_by_keys_alone(staff_page, room):
    page = staff_page
    opened(page)

    page.keyboard.type("evening ward")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    expect(page.locator("#palette [role=status]")).to_have_text("1 result")
    press(page, "Enter")

    page.wait_for_url(f"**/rooms/{room.pk}")


def test_enter_before_the_answer_opens_the_first_result_of_the_search(staff_page, room):
    page = staff_page
    opened(page)
    expect(page.locator("#palette").get_by_role("option", name="Now")).to_be_visible()

    page.keyboard.type("handover")
    press(page, "Enter")

    page.wait_for_url(f"**/rooms/{room.pk}")


def test_answer_to_an_earlier_search_is_ignored(staff_page):
    page = staff_page
    held = []

    def hold(route):
        held.append(route)

    page.route("**/jump?q=now*", hold)
    field = opened(page)
    with page.expect_request("**/jump?q=now*"):
        field.fill("now")
    field.fill("history")
    expect(page.locator("#palette").get_by_role("option")).to_have_text(["History"])
    for route in held:
        route.fulfill(body="<p data-count>0</p>")

    expect(page.locator("#palette").get_by_role("option")).to_have_text(["History"])


def test_arrows_choose_and_escape_returns_the_focus(staff_page):
    page = staff_page
    link = page.get_by_role("button", name="Today")
    link.focus()
    field = opened(page)
    options = page.locator("#palette [role=option]")
    expect(options.first).to_have_attribute("aria-selected", "true")

    press(page, "ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    press(page, "ArrowUp")
    press(page, "ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    press(page, "Escape")

    expect(page.locator("#palette")).to_be_hidden()
    expect(link).to_be_focused()


def test_person_in_a_live_session_is_found_from_the_admin(staff_page, greenroom, room):
    page = staff_page
    session = SessionFactory(room=room)
    MemberFactory(session=session, name="Mateo Haddad")
    page.goto(f"{greenroom.url}/admin/")

    page.get_by_role("button", name="Search or jump to…").click()
    page.keyboard.type("haddad")
    page.locator("#palette").get_by_role("option", name="Mateo Haddad").click()

    page.wait_for_url(f"**/sessions/{session.pk}")


def test_deleting_and_signing_out_ask_first(staff_page, greenroom, room):
    page = staff_page
    page.goto(f"{greenroom.url}/rooms/{room.pk}")
    opened(page)
    page.keyboard.type("delete")
    press(page, "Enter")
    page.wait_for_url("**/delete")
    assert Room.objects.filter(pk=room.pk).exists()

    opened(page)
    page.keyboard.type("sign out")
    press(page, "Enter")
    page.wait_for_url("**/jump#sign-out")
    page.goto(f"{greenroom.url}/now")
    expect(page).to_have_url(f"{greenroom.url}/now")


def test_palette_has_no_accessibility_violations(staff_page):
    page = staff_page
    field = opened(page)
    found = []
    for search, count in (("", None), ("ward", "1 result"), ("zzz zzz", "Nothing found")):
        field.fill(search)
        if count:
            expect(page.locator("#palette [role=status]")).to_contain_text(count)
        found += violations(page)

    assert not found, "\n".join(found)
