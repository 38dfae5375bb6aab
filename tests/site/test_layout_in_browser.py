"""Sizes and places of parts that once took space from others, measured in the browser."""

import pytest

from tests.factories import RoomFactory, StaffFactory
from tests.support.browser import log_in

HALF = {"width": 640, "height": 400}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def staff_page(page, greenroom):
    room = RoomFactory(name="lobby")
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/bulk?ids={room.pk}")
    return page


def box(page, selector):
    return page.locator(selector).first.bounding_box()


def test_parts_of_the_pages_keep_their_sizes(staff_page, greenroom):
    page = staff_page
    assert box(page, ".clear")["height"] < 40, "Remove value stands in one line"
    assert box(page, ".clear input")["width"] >= 20, "its box is not squeezed"

    page.set_viewport_size(HALF)
    assert box(page, ".go")["height"] < 60, "at 200 % the foot leaves space for the fields"

    page.goto(f"{greenroom.url}/?search=lobby")
    height = box(page, ".top")["height"]
    page.locator(".top details.menu > summary").click()
    assert box(page, ".top")["height"] == height, "the menu does not move the page"

    page.set_viewport_size(PHONE)
    fade = page.evaluate(
        "getComputedStyle(document.querySelector('.top nav'), '::after').backgroundImage"
    )
    assert "gradient" in fade, "a cut menu fades out"
