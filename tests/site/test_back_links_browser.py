"""Links back to a list in a real browser: its address, its position and the row that was opened."""

import pytest
from playwright.sync_api import expect

from rooms.models import Room
from tests.factories import ProjectFactory, SessionFactory, StaffFactory
from tests.support.browser import log_in, press

LIST = "/?search=ward&ordering=-name"


@pytest.fixture
def wards(greenroom):
    project = ProjectFactory()
    made = [Room(project=project, name=f"ward-{number:02}") for number in range(60)]
    return Room.objects.bulk_create(made)


@pytest.fixture
def open_tab(open_page, greenroom, wards):
    def open_one(path, **options):
        page = open_page(viewport={"width": 1280, "height": 700}, **options)
        log_in(page, greenroom, StaffFactory())
        page.goto(f"{greenroom.url}{path}")
        return page

    return open_one


def top(page):
    return page.evaluate("scrollY")


def test_back_to_rooms_restores_address_position_and_row(open_tab, greenroom):
    page = open_tab("/?ordering=-name")
    page.get_by_label("Search rooms").fill("ward")
    expect(page).to_have_url(f"{greenroom.url}/?search=ward&ordering=-name")
    page.get_by_role("link", name="ward-15").scroll_into_view_if_needed()
    before = top(page)
    page.get_by_role("link", name="ward-15").click()
    # Another tab shows another list in the meantime.
    other = page.context.new_page()
    other.goto(f"{greenroom.url}/?search=nothing")
    page.get_by_label("Description").fill("Moved.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. ").wait_for()

    page.get_by_role("link", name="Back to rooms").click()

    expect(page).to_have_url(f"{greenroom.url}/?search=ward&ordering=-name")
    expect(page.get_by_role("link", name="ward-15")).to_be_focused()
    expect(page.get_by_role("link", name="ward-15")).to_be_in_viewport()
    assert before > 300
    assert top(page) == pytest.approx(before, abs=60)
    press(page, "j")
    expect(page.get_by_role("link", name="ward-14")).to_be_focused()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Rooms").click()
    expect(page).to_have_url(f"{greenroom.url}/")
    assert top(page) == 0


def test_back_leads_to_the_page_of_the_list_week_or_sessions(open_tab, greenroom, wards):
    session = SessionFactory(room=wards[3])
    page = open_tab("/?search=ward&ordering=name")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("link", name="ward-55").click()
    page.wait_for_load_state()
    press(page, "Escape")
    expect(page.get_by_role("link", name="ward-55")).to_be_focused()

    page.goto(f"{greenroom.url}/week?search=ward-03&span=day")
    page.get_by_role("link", name="ward-03", exact=True).click()
    page.locator(".crumbs").get_by_role("link", name="Week").click()
    expect(page).to_have_url(f"{greenroom.url}/week?search=ward-03&span=day")
    expect(page.get_by_role("link", name="ward-03", exact=True)).to_be_focused()

    page.goto(f"{greenroom.url}/sessions?name=ward-03")
    page.locator(f"a[href$='{session.pk}']").click()
    page.get_by_role("button", name="End the session…").click()
    page.locator(".crumbs").get_by_role("link", name="Sessions").click()
    expect(page).to_have_url(f"{greenroom.url}/sessions?name=ward-03")
    expect(page.locator(f"a[href$='{session.pk}']")).to_be_focused()


def test_back_to_rooms_works_without_scripts(open_tab, greenroom):
    page = open_tab(LIST, java_script_enabled=False)
    page.get_by_role("link", name="ward-55").click()

    page.get_by_role("link", name="Back to rooms").click()

    expect(page).to_have_url(f"{greenroom.url}{LIST}")
