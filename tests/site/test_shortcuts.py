"""The keys of every page: each one focuses, or does what a link does.

test_keyboard.py checks in the browser that a key never sends a form.
"""

from html.parser import HTMLParser

import pytest

from tests.factories import StaffFactory
from tests.support.page_catalogue import address, one_of_everything, pages

pytestmark = pytest.mark.django_db
# htmx would send these requests when a key clicks the element.
SENDERS = ("hx-post", "hx-put", "hx-patch", "hx-delete", "hx-get")


class KeyReader(HTMLParser):
    """Collects the elements of a page that have keys."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "data-shortcut" in attributes:
            self.found.append((tag, attributes))


def is_safe(tag, attributes):
    """Return whether a key that clicks or focuses this element changes nothing by itself."""
    if any(name in attributes for name in SENDERS):
        return False
    if tag == "input":
        return attributes.get("type", "text") not in ("checkbox", "radio", "button", "image")
    return tag in ("button", "select", "textarea") or (tag == "a" and "href" in attributes)


def shown_pages(client):
    person = StaffFactory()
    client.force_login(person)
    rows = one_of_everything("clinic", owner=person)
    # The pages of Django admin share one template for their keys.
    own = [page for page in pages() if not page[0].startswith("admin:") or page[0] == "admin:index"]
    for url in [address(page, rows) for page in own] + [f"/bulk?ids={rows['room'].pk}"]:
        answer = client.get(url)
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            yield url, answer.content.decode()
        if "sign-out" in url or "end" in url:
            client.force_login(person)


def test_no_key_of_any_page_changes_anything_by_itself(client):
    keys = {url: KeyReader(html).found for url, html in shown_pages(client)}

    assert (
        len({attributes["data-shortcut"] for found in keys.values() for _, attributes in found})
        > 10
    )
    assert [(url, one) for url, found in keys.items() for one in found if not is_safe(*one)] == []


@pytest.mark.parametrize(
    "html",
    [
        "<a data-shortcut=a href=/ hx-post=/x>a</a>",
        "<input type=checkbox data-shortcut=a>",
        "<details><summary data-shortcut=a>a</summary></details>",
    ],
)
def test_element_that_would_change_something_is_detected(html):
    assert not is_safe(*KeyReader(html).found[0])
