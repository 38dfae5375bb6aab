"""The room page in a real browser: live preview, keyboard, and without scripts."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory, StaffFactory
from tests.support.axe import violations
from tests.support.browser import log_in

REFUSED, CONFLICT = "status of 422", "status of 409"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def open_room(open_page, greenroom):
    """Open a room page as staff in a time zone; options are those of open_page."""

    def open_one(room, *, zone="Europe/Berlin", path="", **options):
        page = open_page(timezone_id=zone, **options)
        log_in(page, greenroom, StaffFactory())
        page.context.add_cookies([{"name": "zone", "value": zone, "url": greenroom.url}])
        page.goto(f"{greenroom.url}/rooms/{room.pk}{path}")
        return page

    return open_one


def save(page):
    page.get_by_role("button", name="Save").click()


def stored(room):
    return Room.objects.get(pk=room.pk)


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
    expect(hint_for(page, "join_from")).to_contain_text("= 2027-07-01 07:00:00 UTC")
    assert stored(room).version == 1
    save(page)
    expect(page.get_by_text("Saved: Capacity, Opens.")).to_be_visible()
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
    expect(page.get_by_text("Saved: Opens.")).to_be_visible()
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

    expect(page.get_by_text("Saved: Everyone leaves at.")).to_be_visible()
    assert stored(room).remove_at == moment
    expect(page.get_by_label(second)).to_be_checked()
    save(page)
    expect(page.get_by_text("Nothing was changed")).to_be_visible()
    assert stored(room).version == 2


def test_layouts_are_chosen_by_keyboard(open_room):
    room = RoomFactory(layout="3x3")
    page = open_room(room)
    chosen = page.get_by_role("radio", name="3 × 3")

    chosen.focus()
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("radio", name="4 × 4")).to_be_checked()
    expect(page.get_by_role("radio", name="4 × 4")).to_be_focused()
    expect(page.locator("#meaning")).to_contain_text("16 of up to 20 people")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved: Layout.")).to_be_visible()
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
    expect(page.get_by_text("Saved: Display name.")).to_be_visible()


def test_incomplete_date_does_not_clear_the_schedule(open_room):
    room = RoomFactory(join_from=utc(2027, 7, 1, 7))
    page = open_room(room)
    field = page.get_by_label("Opens")

    field.focus()
    page.keyboard.press("Backspace")
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

    expect(page.get_by_text("Saved: Capacity, Layout.")).to_be_visible()
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


@pytest.mark.long
def test_room_pages_have_no_accessibility_violations(open_room, greenroom):
    session = SessionFactory(
        room=RoomFactory(
            join_from=utc(2026, 10, 25, 1, 30),
            display_name="w" * 200,
            remove_at=utc(2027, 10, 31, 1, 30),
        )
    )
    MemberFactory(session=session)
    room = session.room
    page = open_room(room, reduced_motion="reduce", allowed=(REFUSED, CONFLICT))

    faults = in_anybodys_way(page)
    page.get_by_label("Capacity").fill("0")
    page.get_by_label("Closes").fill("2027-10-31T02:30:00")
    save(page)
    faults += in_anybodys_way(page)
    change_room(Room.objects, room.pk, {"max_members": 30, "layout": "3x3"}, by=TESTS)
    page.get_by_label("Capacity").fill("40")
    page.get_by_label("Closes").fill("")
    save(page)
    faults += in_anybodys_way(page)
    for path in (f"rooms/{room.pk}/delete", f"rooms/new?from={room.pk}"):
        page.goto(f"{greenroom.url}/{path}")
        faults += in_anybodys_way(page)
    page.goto(f"{greenroom.url}/sessions/{session.pk}/apply")
    faults += in_anybodys_way(page)

    assert not faults, "\n".join(faults)


def in_anybodys_way(page):
    """Return the accessibility violations of a page at two widths."""
    found = []
    for width in (390, 1280):
        # A window as tall as the page, so that the sticky bar covers nothing.
        page.set_viewport_size({"width": width, "height": 4000})
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url} scrolls sideways at {width}")
    return found
