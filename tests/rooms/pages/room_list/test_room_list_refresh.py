"""The live parts of the room list in a real browser."""

from playwright.sync_api import expect

from tests.factories import MemberFactory, SessionFactory
from tests.support.room_list_browser import box, pass_by


def test_only_the_live_parts_refresh(open_list, rooms):
    page = open_list()
    asked = []
    page.on("response", lambda answer: "/rooms/live" in answer.url and asked.append(answer.status))
    box(page, "lobby").check()
    page.get_by_role("link", name="attic").focus()

    with page.expect_response("**/rooms/live?*"):
        pass_by(page, 11)
    with page.expect_response("**/rooms/live?*"):
        pass_by(page, 11)
    assert asked == [200, 304]
    MemberFactory(session=SessionFactory(room=rooms[1]))
    pass_by(page, 11)

    row = page.get_by_role("row", name="lobby")
    expect(row.locator(".status")).to_have_text("Live 1 of 20")
    expect(box(page, "lobby")).to_be_checked()
    expect(page.get_by_role("link", name="attic")).to_be_focused()


def test_hidden_tab_does_not_refresh(open_list):
    page = open_list()
    asked = []
    page.on("request", lambda request: "/rooms/live" in request.url and asked.append(request.url))

    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
    )
    pass_by(page, 60)
    assert not asked
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => false})"
    )
    with page.expect_response("**/rooms/live?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
