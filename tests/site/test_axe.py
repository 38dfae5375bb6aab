"""axe-core on every page in light and dark: no violation of WCAG 2.2 AA, no sideways scrolling."""

import pytest
from django.test import Client
from django.utils import timezone

from sessions.demo import rooms
from tests.factories import StaffFactory
from tests.support.axe import violations
from tests.support.browser import log_in
from tests.support.page_catalogue import address, one_of_everything, pages

# The pages are split so that two processes can share them.
PARTS = 2
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LONG = "Ward 3 · “What we learned from a year of remote follow-up after discharge”"

# States of pages: no results, invalid query, unknown page.
STATES = (
    *(
        "/jump?q=ward",
        "/?search=nowhere",
        "/?quality=8k",
        "/history?room=nowhere",
        "/history?until=1999-12-31",
    ),
    *(
        "/sessions?name=nowhere",
        "/nowhere",
        "/week?span=day",
        "/week?span=month",
        f"/rooms/{'0' * 8}-0000-7000-8000-{'0' * 12}",
    ),
)


@pytest.fixture
def person(greenroom):
    return StaffFactory()


@pytest.fixture
def addresses(person):
    """The URLs of all pages of a project that has one of everything."""
    rows = one_of_everything(LONG, owner=person)
    rooms.make_rooms(timezone.now())
    found = [address(page, rows) for page in pages()]
    # Identical refusals are checked once.
    by_what_is_shown = {_page_at(url, person): url for url in found}
    # Partial pages, downloads and actions are left out.
    by_what_is_shown.pop(None)
    return [*by_what_is_shown.values(), f"/bulk?ids={rows['room'].pk}", *STATES]


def _page_at(url, person):
    client = Client()
    client.force_login(person)
    answer = client.get(url)
    content = b"".join(answer) if answer.streaming else answer.content
    is_html = answer.headers["Content-Type"].startswith("text/html")
    return content if is_html and b"<html" in content else None


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_pages_have_no_accessibility_violations(open_page, greenroom, person, addresses, part):
    page = open_page(allowed=("status of 4(0[0345]|22)",), reduced_motion="reduce")
    log_in(page, greenroom, person)
    found = []
    for url in addresses[part::PARTS]:
        page.goto(f"{greenroom.url}{url}")
        found += violations(page)
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.append(f"{url} scrolls sideways on a phone")
        page.set_viewport_size(DESK)

    assert len(addresses) > 60
    assert not found, "\n".join(found)
