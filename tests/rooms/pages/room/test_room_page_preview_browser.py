"""The room page in a real browser: live preview."""

import pytest
from playwright.sync_api import expect

from tests.factories import RoomFactory
from tests.support.room_page_browser import REFUSED, save, stored
from tests.support.time_inputs import utc


def hint_for(page, name):
    return page.locator(f"#id_{name}_hint")


def test_preview_is_updated_while_typing(open_room):
    room = RoomFactory()
    page = open_room(room)

    hint_for(page, "join_from").evaluate("hint => { hint.firstElementChild.old = true }")
    page.get_by_label("Capacity").fill("1")
    expect(page.locator("#meaning")).to_contain_text("Always open; one person at a time.")
    # An unchanged message is not replaced, so screen readers do not repeat it.
    assert hint_for(page, "join_from").evaluate("hint => hint.firstElementChild.old")
    page.get_by_label("Opens").fill("2027-07-01T09:00:00")

    expect(page.locator("#meaning")).to_contain_text("Opens Thu 1 Jul 2027 09:00")
    moment = hint_for(page, "join_from").locator("time")
    expect(moment).to_have_attribute("datetime", "2027-07-01T07:00:00Z")
    assert stored(room).version == 1
    save(page)
    expect(page.get_by_text("Saved. Capacity: ")).to_be_visible()
    assert stored(room).join_from == utc(2027, 7, 1, 7)


def test_time_in_a_gap_is_reported_before_saving(open_room):
    room = RoomFactory()
    page = open_room(room, allowed=(REFUSED,))
    field = page.get_by_label("Opens")

    field.fill("2027-03-28T02:30:00")

    expect(hint_for(page, "join_from")).to_contain_text("straight to 03:00")
    expect(field).to_have_attribute("aria-invalid", "true")
    save(page)
    expect(page.locator("#summary")).to_be_focused()
    page.get_by_role("link", name="Opens").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("2027-03-28T02:30")
    field.fill("2027-03-28T03:30:00")
    save(page)
    expect(page.get_by_text("Saved. Opens: ")).to_be_visible()
    assert stored(room).join_from == utc(2027, 3, 28, 1, 30)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    "fold",
    [
        ("Europe/Berlin", "2027-10-31T02:30:00", "UTC+01:00", utc(2027, 10, 31, 1, 30)),
        ("Australia/Lord_Howe", "2027-04-04T01:45:00", "UTC+10:30", utc(2027, 4, 3, 15, 15)),
    ],
)
def test_ambiguous_time_needs_a_choice(open_room, scripts, fold):
    zone, typed, second, moment = fold
    room = RoomFactory()
    page = open_room(room, zone=zone, java_script_enabled=scripts, allowed=(REFUSED,))

    page.get_by_label("Everyone leaves at").fill(typed)
    if not scripts:
        save(page)
    page.get_by_label(second).check()
    save(page)

    expect(page.get_by_text("Saved. Everyone leaves at: ")).to_be_visible()
    assert stored(room).remove_at == moment
    expect(page.get_by_label(second)).to_be_checked()
    save(page)
    expect(page.get_by_text("No changes to save.")).to_be_visible()
    assert stored(room).version == 2
