"""The room page and its messages have no accessibility violations."""

import pytest

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory
from tests.support.axe import violations
from tests.support.room_page_browser import CONFLICT, REFUSED, save
from tests.support.time_inputs import utc


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
    ask(page, "2027-03-28T02:30:00", "No answer: check the marked field.")
    faults += in_anybodys_way(page)
    ask(page, "2027-10-31T02:30:00", "No answer: check the marked field.")
    faults += in_anybodys_way(page)
    ask(page, "2027-03-28T12:00:00", "Yes, until")
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


def ask(page, moment, answer):
    """Ask "Can they get in?" for a local time, which needs no reload of the page."""
    page.locator("#ask_at").fill(moment)
    page.get_by_role("button", name="Check").click()
    page.locator("#said").get_by_text(answer).wait_for()


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
