"""The browser that tests use: it works on the live server, and a fault on a page is noticed."""

import pytest

from rooms.models import Room
from tests.factories import RoomFactory, StaffFactory
from tests.support.browser import log_in, watch


@pytest.fixture
def faults_of(browser):
    """Open a page, have it do something, and return what went wrong on it."""

    def find(act):
        with browser.new_context() as context:
            page, faults = context.new_page(), []
            watch(page, faults)
            act(page)
            return faults

    return find


def test_staff_log_in_and_read_what_the_test_has_stored(page, greenroom):
    RoomFactory(name="aquarium")

    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/admin/rooms/room/")

    assert page.get_by_role("link", name="aquarium").is_visible()
    assert Room.objects.count() == 1


def test_a_script_that_throws_is_noticed(faults_of, greenroom):
    def throw(page):
        page.goto(f"{greenroom.url}/admin/login/")
        with page.expect_event("pageerror"):
            page.evaluate("() => { setTimeout(() => { throw new Error('lost') }, 0) }")

    assert any("lost" in fault for fault in faults_of(throw))


def test_a_violation_of_the_content_security_policy_is_noticed(faults_of, greenroom):
    def violate(page):
        page.goto(f"{greenroom.url}/admin/login/")
        with page.expect_console_message():
            page.evaluate("() => document.body.setAttribute('style', 'color: red')")

    assert any("Content Security Policy" in fault for fault in faults_of(violate))


def test_an_answer_of_5xx_is_noticed(faults_of):
    def fail(page):
        page.route("**/*", lambda route: route.fulfill(status=503, body="away"))
        page.goto("http://greenroom.test/")

    assert any("503" in fault for fault in faults_of(fail))


def test_what_the_test_provokes_is_excused(open_page):
    page = open_page(allowed=("503",))
    page.route("**/*", lambda route: route.fulfill(status=503, body="away"))

    page.goto("http://greenroom.test/")


def test_a_page_can_do_without_scripts(open_page, greenroom):
    page = open_page(java_script_enabled=False, color_scheme="dark")

    page.goto(f"{greenroom.url}/admin/login/")

    assert page.locator("input[name=username]").is_visible()
