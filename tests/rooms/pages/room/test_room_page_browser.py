"""The room page in a real browser: keyboard, and without scripts."""

import pytest
from playwright.sync_api import expect

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory
from tests.support.browser import press
from tests.support.room_page_browser import CONFLICT, REFUSED, save, stored
from tests.support.time_inputs import utc


def test_layouts_are_chosen_by_keyboard(open_room):
    room = RoomFactory(layout="3x3")
    page = open_room(room)
    chosen = page.get_by_role("radio", name="3 × 3")

    chosen.focus()
    press(page, "ArrowRight")

    expect(page.get_by_role("radio", name="4 × 4")).to_be_checked()
    expect(page.get_by_role("radio", name="4 × 4")).to_be_focused()
    expect(page.locator("#meaning")).to_contain_text("16 of up to 20 people")
    press(page, "Control+s")
    expect(page.get_by_text("Saved. Layout: ")).to_be_visible()
    assert stored(room).layout == "4x4"


def test_leaving_with_unsaved_changes_asks_for_confirmation(open_room):
    room = RoomFactory()
    page = open_room(room)
    questions = []

    def stay(dialog):
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Display name").press_sequentially("x")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    page.get_by_role("link", name="Back to rooms").click()
    page.get_by_label("Display name").fill(room.display_name)
    expect(page.get_by_text("Unsaved changes")).to_be_hidden()

    assert questions == ["beforeunload"]


def test_too_long_text_is_counted_and_not_cut_off(open_room):
    room = RoomFactory()
    page = open_room(room, allowed=(REFUSED,))
    field = page.get_by_label("Display name")

    field.fill("🐻" * 203)

    expect(page.get_by_text("3 too many")).to_be_visible()
    save(page)
    expect(field).to_have_value("🐻" * 203)
    field.fill("🐻" * 200)
    save(page)
    expect(page.get_by_text("Saved. Display name: ")).to_be_visible()


def test_incomplete_date_does_not_clear_the_schedule(open_room):
    room = RoomFactory(join_from=utc(2027, 7, 1, 7))
    page = open_room(room)
    field = page.get_by_label("Opens")

    field.focus()
    press(page, "Backspace")
    save(page)

    expect(field).to_be_focused()
    assert field.evaluate("input => input.validity.badInput")
    assert stored(room).join_from == utc(2027, 7, 1, 7)
    assert stored(room).version == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_two_users_edit_one_room(open_room, scripts):
    room = RoomFactory(max_members=20, layout="2x2")
    page = open_room(room, java_script_enabled=scripts, allowed=(CONFLICT,))
    change_room(Room.objects, room.pk, {"max_members": 30, "quality": "1080p"}, by=TESTS)

    page.get_by_label("Capacity").fill("40")
    page.get_by_role("radio", name="3 × 3").check()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Another user changed this room")
    page.get_by_label("Yours").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved. Capacity: ")).to_be_visible()
    now = stored(room)
    assert (now.max_members, now.quality, now.layout, now.version) == (40, "1080p", "3x3", 3)


def test_conflict_cannot_be_saved_without_a_choice(open_room):
    room = RoomFactory()
    page = open_room(room, allowed=(CONFLICT,))
    change_room(Room.objects, room.pk, {"max_members": 30}, by=TESTS)
    page.get_by_label("Capacity").fill("40")
    save(page)

    page.get_by_role("button", name="Save").click()

    assert page.get_by_label("Theirs").evaluate("input => input.validity.valueMissing")
    assert stored(room).max_members == 30


def test_new_room_is_created_without_scripts(open_room, greenroom):
    room = RoomFactory()
    page = open_room(room, java_script_enabled=False)

    page.get_by_role("button", name="Duplicate").click()
    page.get_by_label("Name", exact=True).fill("aquarium")
    page.get_by_role("button", name="Create room").click()

    expect(page.get_by_text("Room created.")).to_be_visible()
    assert Room.objects.get(name="aquarium").project == room.project
