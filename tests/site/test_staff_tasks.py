"""Tasks of the staff, from the first page to the last, with the number of actions that each takes.

More tasks have their own files: two tabs and no JavaScript (test_user_journey.py), the keyboard
(test_keyboard.py), API tokens and webhooks (tests/access), the API page
(test_docs_page_in_browser.py) and German (test_translations.py).
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from rooms.models import Room
from sessions.models import Member
from tests.factories import MemberFactory, ProjectFactory, RoomFactory, SessionFactory, StaffFactory
from tests.support.browser import press
from tests.support.tasks import Worker

OPENS = datetime(2027, 12, 6, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = "Europe/Berlin"


@pytest.fixture
def project(greenroom):
    return ProjectFactory(name="Northwind Hospital")


@pytest.fixture
def make(project):
    def make_one(name, display_name, **settings):
        return RoomFactory(project=project, name=name, display_name=display_name, **settings)

    return make_one


@pytest.fixture
def staff(open_page, greenroom, project):
    page = open_page(timezone_id=ZONE)
    page.context.add_cookies([{"name": "zone", "value": ZONE, "url": greenroom.url}])
    return Worker(page, greenroom, StaffFactory())


def schedule(room):
    room.refresh_from_db()
    return room.join_from, room.join_until


def sees(staff, text):
    staff.page.get_by_text(text).first.wait_for()


def test_room_is_opened_an_hour_earlier_and_back(staff, make):
    board = make("tumour-board", "Tumour board", join_from=OPENS, join_until=OPENS + HOUR)
    staff.go("/")

    staff.fill("Search rooms", "tumour board")
    staff.click("link", "Tumour board")
    staff.fill("Opens", "2027-12-06T20:00")
    staff.press("Control+s")
    sees(staff, "Saved. Opens: Mon 6 Dec 2027 20:00 (was Mon 6 Dec 2027 21:00).")
    assert schedule(board)[0] == OPENS - HOUR
    staff.press("Tab")
    staff.click("button", "Undo")
    sees(staff, "Undone.")

    assert schedule(board)[0] == OPENS
    assert staff.actions == 6


def test_rooms_of_two_searches_are_shifted_at_once_and_back(staff, make):
    names = ("cardiology-1", "cardiology-2", "oncology-1", "urology-1")
    rooms = [make(one, one.title(), join_from=OPENS, join_until=OPENS + HOUR) for one in names]
    staff.go("/")

    staff.fill("Search rooms", "cardiology, oncology")
    sees(staff, "3 rooms")
    staff.click("checkbox", "Select all rooms on this page")
    staff.click("button", "Edit selected…")
    staff.click("button", "−1 h")
    staff.click("button", "Preview")
    staff.click("button", "Apply to all 3 rooms")
    sees(staff, "Undo")
    assert [schedule(room)[0] for room in rooms] == [OPENS - HOUR] * 3 + [OPENS]
    staff.click("button", "Undo")
    sees(staff, "Redo")

    assert [schedule(room) for room in rooms] == [(OPENS, OPENS + HOUR)] * 4
    assert staff.actions <= 7


def test_weekly_seminar_is_created_and_copied_over_a_clock_change(staff):
    staff.go("/rooms/new")

    staff.fill("Name", "weekly-seminar", exact=True)
    staff.fill("Opens", "2027-03-22T14:00")
    staff.fill("Closes", "2027-03-22T16:00")
    staff.fill("Capacity", "80")
    staff.click("checkbox", "Record on start")
    staff.click("button", "Create room")
    sees(staff, "Room created.")
    seminar = Room.objects.get(name="weekly-seminar")
    staff.click("button", "More")
    staff.click("button", "Duplicate to next week")
    sees(staff, "weekly-seminar-")

    copy = Room.objects.exclude(pk=seminar.pk).get()
    # Clocks go forward on the 28th, so a week later is an hour earlier in UTC.
    assert schedule(seminar)[0] == datetime(2027, 3, 22, 13, tzinfo=UTC)
    assert schedule(copy)[0] == datetime(2027, 3, 29, 12, tzinfo=UTC)
    assert (copy.max_members, copy.record_on_start) == (80, True)
    assert staff.actions <= 8


def test_answer_to_a_phone_call_is_in_the_list(staff, make):
    ward = make("ward-5-evening", "Ward 5 · Evening handover", max_members=2)
    MemberFactory.create_batch(2, session=SessionFactory(room=ward, max_members=2))
    staff.go("/")

    staff.fill("Search rooms", "Ward 5 Evening handover")

    sees(staff, "No: full, 2 of 2")
    assert staff.actions == 1


def test_spreadsheet_is_imported_as_it_is(staff, make):
    ward, lobby = make("ward-5", "Ward 5"), make("lobby", "Lobby")
    staff.go("/import")

    staff.send("File", "rooms.csv", "Name;Opens;Capacity\nward-5;06.12.2027 20:00;7\nlobby;x;5\n")
    staff.click("button", "Preview")
    sees(staff, "ward-5")
    staff.click("button", "Apply to 1 room")
    sees(staff, "1 changed")

    assert schedule(ward)[0] == OPENS - HOUR
    ward.refresh_from_db()
    lobby.refresh_from_db()
    assert (ward.max_members, lobby.max_members != 5) == (7, True)
    assert staff.actions <= 3


def test_author_of_a_change_is_found_by_the_spoken_name(staff, make):
    room = make("er-triage", "Emergency · Triage", max_members=6)
    staff.go(f"/rooms/{room.pk}")
    staff.page.get_by_label("Capacity").fill("9")
    press(staff.page, "Control+s")
    sees(staff, "Saved.")
    staff.go("/history")

    staff.fill("Room", "emergency triage")
    staff.press("Enter")
    sees(staff, "Emergency · Triage")
    staff.click("link", "Revert")
    staff.click("button", "Revert")
    sees(staff, "Undo")

    room.refresh_from_db()
    assert room.max_members == 6
    assert staff.actions <= 4


def test_member_is_removed_and_kept_out(staff, make):
    session = SessionFactory(room=make("clinic", "Clinic"))
    member = MemberFactory(session=session, name="Ada", join_time=timezone.now())
    staff.go("/now")

    staff.click("link", "Clinic")
    staff.click("link", "Remove")
    staff.click("button", "Remove")
    sees(staff, "Removed by staff")

    removed = Member.objects.get(pk=member.pk)
    assert removed.leave_time is not None
    assert removed.blocked_at is not None
    assert staff.actions <= 3
