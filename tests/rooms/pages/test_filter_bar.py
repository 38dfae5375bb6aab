"""The history and the sessions have one filter bar, which shows every filter that is active."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from tests.factories import SessionFactory
from tests.support.history_pages import page
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
LISTS = ("/history", "/sessions")


@pytest.fixture
def session(client):
    log_in(client)
    return SessionFactory()


def chips(html):
    """Return {text: address without the filter}."""
    found = re.findall(r'class="chip" href="([^"]*)">(.*?)</a>', html, re.DOTALL)
    return {" ".join(strip_tags(unescape(text)).split()): unescape(url) for url, text in found}


@pytest.mark.parametrize("url", LISTS)
def test_days_in_the_wrong_order_are_an_error(client, session, url):
    html = page(client, url, since="2026-05-02", until="2026-05-01")

    assert "To must not be before From." in html
    assert chips(html) == {}
    assert "must not" not in page(client, url, since="2026-05-01", until="2026-05-01")


@pytest.mark.parametrize("url", LISTS)
def test_a_valid_filter_is_a_chip_that_can_be_removed(client, session, url):
    search = {"/history": "room", "/sessions": "name"}[url]
    html = page(client, url, **{search: "Ward & 3"}, since="2025-05-01", until="no day", page="x")

    assert chips(html) == {
        "Remove filter Room: Ward & 3 ×": f"{url}?since=2025-05-01&until=no+day",
        "Remove filter From: Thu 1 May 2025 ×": f"{url}?{search}=Ward+%26+3&until=no+day",
    }
    assert f'<a class="clear" href="{url}">' in html


def test_the_room_of_an_address_is_a_chip_with_its_name(client, session):
    html = page(client, "/sessions", room=str(session.room_id), status="completed")

    assert list(chips(html)) == [
        "Remove filter Status: Completed ×",
        f"Remove filter Room: {session.room.display_name} ×",
    ]
    assert chips(page(client, "/history", bulk=str(session.pk))).keys() == {
        f"Remove filter Bulk edit: {session.pk} ×"
    }
