"""The browser fixture: it works on the live server and detects faults of pages."""

import pytest

from rooms.models import Room
from tests.factories import RoomFactory, StaffFactory
from tests.support.browser import log_in, watch


@pytest.fixture
def faults_of(browser):
    """Open a page, run an action on it, and return the detected faults."""

    def find(act):
        with browser.new_context() as context:
            page, faults = context.new_page(), []
            watch(page, faults)
            act(page)
            return faults

    return find


def test_staff_sign_in_and_see_a_room_stored_by_the_test(page, greenroom):
    RoomFactory(name="aquarium")

    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/admin/rooms/room/")

    assert page.get_by_role("link", name="aquarium").is_visible()
    assert Room.objects.count() == 1


def test_script_error_is_detected(faults_of, greenroom):
    def throw(page):
        page.goto(f"{greenroom.url}/admin/login/")
        with page.expect_event("pageerror"):
            page.evaluate("() => { setTimeout(() => { throw new Error('lost') }, 0) }")

    assert any("lost" in fault for fault in faults_of(throw))


def test_violation_of_the_content_security_policy_is_detected(faults_of, greenroom):
    def violate(page):
        page.goto(f"{greenroom.url}/admin/login/")
        with page.expect_console_message():
            page.evaluate("() => document.body.setAttribute('style', 'color: red')")

    assert any("Content Security Policy" in fault for fault in faults_of(violate))


def test_5xx_response_is_detected(faults_of):
    def fail(page):
        page.route("**/*", lambda route: route.fulfill(status=503, body="away"))
        page.goto("http://greenroom.test/")

    assert any("503" in fault for fault in faults_of(fail))


def test_allowed_fault_is_ignored(open_page):
    page = open_page(allowed=("503",))
    page.route("**/*", lambda route: route.fulfill(status=503, body="away"))

    page.goto("http://greenroom.test/")


def test_page_without_scripts_can_be_opened(open_page, greenroom):
    page = open_page(java_script_enabled=False, color_scheme="dark")

    page.goto(f"{greenroom.url}/admin/login/")

    assert page.locator("input[name=username]").is_visible()
