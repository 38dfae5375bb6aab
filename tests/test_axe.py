"""axe-core on every page, in both colours: no violation of WCAG 2.2 AA; and none is too wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone

from rooms import demo
from tests.browser import log_in
from tests.every_page import address, one_of_everything, pages
from tests.factories import StaffFactory

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Fetching style sheets anew, it takes their relative addresses for the page's.
    "preload": False,
}
# What depends on colours; the rest was asked in the light.
COLOURS = {**RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
# A part of the pages each: the parts run side by side.
PARTS = 2
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LONG = "Ward 3 · “What we learned from a year of remote follow-up after discharge”"

# Of pages that look otherwise: nothing found, something that cannot be read, no such page.
STATES = (
    *("/?search=nowhere", "/?quality=8k", "/history?room=nowhere", "/history?until=1999-12-31"),
    *("/sessions?name=nowhere", "/nowhere", f"/rooms/{'0' * 8}-0000-7000-8000-{'0' * 12}"),
)


@pytest.fixture
def person(greenroom):
    return StaffFactory()


@pytest.fixture
def addresses(person):
    """The address of every page that answers with one, in a project that has one of everything."""
    rows = one_of_everything(LONG, owner=person)
    demo.make(timezone.now())
    found = [found for page in pages() if _is_a_page(person, found := address(page, rows))]
    return [*found, f"/bulk?ids={rows['room'].pk}", *STATES]


def _is_a_page(person, url):
    client = Client()
    client.force_login(person)
    answer = client.get(url)
    # Parts of pages, downloads and acts that a GET does not do are none.
    return answer.headers["Content-Type"].startswith("text/html") and b"<html" in (
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    )


def violations(page, options):
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_is_in_anybodys_way(open_page, greenroom, person, addresses, part):
    # Without motion: a colour that is still changing is not the one that is read.
    page = open_page(allowed=("status of 4(0[0345]|22)",), reduced_motion="reduce")
    log_in(page, greenroom, person)
    found = []
    for url in addresses[part::PARTS]:
        page.emulate_media(color_scheme="light")
        page.goto(f"{greenroom.url}{url}")
        found += violations(page, RULES)
        page.emulate_media(color_scheme="dark")
        found += violations(page, COLOURS)
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.append(f"{url} scrolls sideways on a phone")
        page.set_viewport_size(DESK)

    assert len(addresses) > 60
    assert not found, "\n".join(found)
