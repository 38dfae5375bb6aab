"""The page of the API documentation in a browser: it sends what the user entered, and no more."""

import pytest

from rooms.models import Room
from tests.factories import TokenFactory


@pytest.fixture
def docs(page, greenroom):
    """The page, authorized with a new API token."""
    page.goto(f"{greenroom.url}/api/docs")
    # The button stands in the header: the one of Swagger UI is far down.
    page.get_by_role("banner").get_by_role("button", name="Authorize").click()
    page.locator("#auth-bearer-value").fill(TokenFactory().secret)
    dialog = page.locator(".auth-container", has=page.locator("#auth-bearer-value"))
    dialog.get_by_role("button", name="Apply credentials").click()
    page.locator(".close-modal").click()
    return page


def test_first_call_of_a_newcomer_creates_the_room(docs):
    operation = docs.locator("#operations-rooms-create_room")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    operation.locator(".live-responses-table .response-col_status").first.wait_for()

    assert Room.objects.get().name == "standup"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_colours_of_the_device(open_page, greenroom, scheme):
    page = open_page(color_scheme=scheme)

    page.goto(f"{greenroom.url}/api/docs")
    page.locator(".opblock").first.wait_for()

    classes = page.evaluate("document.documentElement.className")
    assert ("dark-mode" in classes) == (scheme == "dark")
