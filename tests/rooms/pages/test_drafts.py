"""Drafts: input of a room form whose session had expired, in a real browser."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.models import StaffSession
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, StaffFactory
from tests.support.browser import log_in

BACK = "Your unsaved entries from before you signed in are restored."
CONFLICT = "status of 409"


@pytest.fixture
def interrupted(open_page, greenroom):
    """Fill in a room form as `person`, and save after the login session has expired."""

    def open_one(room, person, **options):
        page = open_page(timezone_id="UTC", **options)
        log_in(page, greenroom, person)
        page.goto(f"{greenroom.url}/rooms/{room.pk}")
        StaffSession.objects.update(expire_date=timezone.now())
        # Set without an event, because the preview would show the sign-in page first.
        page.get_by_label("Display name").evaluate("field => { field.value = 'Typed' }")
        page.get_by_label("Record on start").evaluate("box => { box.checked = true }")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        return page

    return open_one


def sign_in(page, person):
    person.set_password("open sesame, please")
    person.save()
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill("open sesame, please")
    page.get_by_role("button", name="Sign in").click()


def stored(room):
    found = Room.objects.get(pk=room.pk)
    return found.display_name, found.record_on_start, found.version


def test_draft_is_restored_after_signing_in_and_can_be_saved(interrupted):
    room, person = RoomFactory(name="ward"), StaffFactory()
    page = interrupted(room, person)

    sign_in(page, person)

    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.get_by_text("Unsaved changes", exact=True)).to_be_visible()
    assert stored(room) == ("ward", False, 1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. ")).to_be_visible()
    assert stored(room) == ("Typed", True, 2)
    # A saved draft is not offered again.
    page.reload()
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_other_users_do_not_see_the_draft(interrupted):
    room = RoomFactory(name="ward")
    page = interrupted(room, StaffFactory())

    sign_in(page, StaffFactory())

    expect(page.get_by_label("Display name")).to_have_value("ward")
    expect(page.get_by_text(BACK)).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('draft')") is None


def test_draft_does_not_overwrite_a_newer_change(interrupted):
    room, person = RoomFactory(name="ward"), StaffFactory()
    page = interrupted(room, person, allowed=(CONFLICT,))
    change_room(Room.objects, room.pk, {"display_name": "Theirs"}, by=TESTS)

    sign_in(page, person)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Theirs", exact=True).last).to_be_visible()
    assert stored(room) == ("Theirs", False, 2)


def test_entries_survive_a_change_of_the_time_zone(open_page, greenroom):
    room = RoomFactory(join_from="2027-07-01T10:00:00Z")
    page = open_page(timezone_id="UTC")
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/rooms/{room.pk}")
    opens, closes = page.locator("#id_join_from"), page.locator("#id_join_until")
    unsaved = page.get_by_text("Unsaved changes", exact=True)

    page.locator("#id_show_zone").fill("berlin")
    page.locator("#id_show_zone").press("Enter")
    expect(opens).to_have_value("2027-07-01T12:00")
    expect(page.locator("#id_show_zone")).to_have_value("Europe/Berlin")
    expect(unsaved).to_be_hidden()
    closes.fill("2027-07-02T15:30")
    expect(unsaved).to_be_visible()

    menu = page.locator("form[data-preferences] [name=zone]")
    menu.evaluate("field => { field.closest('details').open = true }")
    menu.fill("tokyo")
    menu.press("Enter")

    expect(opens).to_have_value("2027-07-01T19:00")
    expect(closes).to_have_value("2027-07-02T15:30")
    expect(page.get_by_text("Your unsaved entries are kept.")).to_be_visible()
    expect(unsaved).to_be_visible()
    assert Room.objects.get(pk=room.pk).version == 1
