"""Translation: pages are completely translated, the API stays in English."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import polib
import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils import translation

from rooms.display.times import relative, span
from tests.factories import ProjectFactory, StaffFactory, TokenFactory
from tests.support.api import client_of
from tests.support.html import log_in
from tests.support.page_catalogue import address, one_of_everything, pages
from tests.tools.translations import catalogues

pytestmark = pytest.mark.django_db
GERMAN = {
    entry.msgid: entry.msgstr
    for path in catalogues()
    for entry in polib.pofile(str(path))
    if entry.msgstr and entry.msgstr != entry.msgid
}
# Texts that are the same in both languages.
SAME = {
    entry.msgid
    for path in catalogues()
    for entry in polib.pofile(str(path))
    if entry.msgstr == entry.msgid
}
# Django's texts that have no German translation or the same one, and values of the test's rows.
NOT_OURS = re.compile(
    r"After you.ve created a user|If disabled, the current password|Password-based authentication$"
    r"|Raw passwords are not stored|Whether the user will be able|Enabled$|Filter$"
    r"|Deutsch$|English$|Greenroom$|Ctrl(?: [SK])?$|(?:· )?Version \d+(?: ·)?$|staff\d+$"
    r"|tests$|.*[Zz]ebra"
    r"|.*change of 0 rooms|room\.\w+$|null$|false$|grid-responsive$|\[.*\]$|[\w-]+/[\w/+-]+$"
    r"|[\da-f-]{12,}$|.* UTC$|UTC$|.*UTC[+-][\d:]+$|Webhooks? \| Greenroom$"
)


class Texts(HTMLParser):
    """The texts that a reader sees or hears: text nodes and labels."""

    def __init__(self, html):
        super().__init__()
        self.found, self.silent = set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style", "code", "pre")
        told = ("aria-label", "title", "placeholder", "data-label")
        self.found |= {" ".join(value.split()) for name, value in attrs if name in told and value}

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data):
        if not self.silent:
            self.found.add(" ".join(data.split()))


PAGES = [page for page in pages() if page[0] not in ("sign-out", "admin:jsi18n")]


def html_in(client, language, url):
    """Return a page in a language, or an empty text for a download."""
    client.cookies["django_language"] = language
    answer = client.get(url)
    assert answer.status_code < 500
    kind = answer.headers.get("Content-Type", "")
    return answer.content.decode() if kind.startswith("text/html") and not answer.streaming else ""


def in_english(client, url):
    return Texts(html_in(client, "en", url)).found


@pytest.fixture
def german(client):
    client.cookies["django_language"] = "de"
    return client


@pytest.mark.parametrize("page", PAGES, ids=[f"{name} {path}" for name, path, _ in PAGES])
def test_page_contains_no_untranslated_text(german, page):
    url = address(page, one_of_everything("Zebra", owner=log_in(german)))

    html = html_in(german, "de", url)

    texts = Texts(html).found
    assert sorted(texts & GERMAN.keys()) == []
    # German numbers have a decimal comma, which is invalid in SVG.
    assert not re.search(r' (?:x|y|cx|cy|r|x1|x2|y1|y2|width|height)="[^"]*\d,\d', html)
    # A text that is not marked for translation is the same on the English page.
    common = {text.rstrip(":").lstrip("\u203a ") for text in texts & in_english(german, url)}
    words = {text for text in common - SAME if re.search(r"[A-Za-z]{3}", text)}
    assert [text for text in sorted(words) if not NOT_OURS.match(text)] == []


@pytest.mark.parametrize("action", ["disable", "enable"])
def test_admin_action_reports_in_german(german, action):
    log_in(german)
    project = ProjectFactory(is_active=action == "disable")
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [project.pk]}

    page = german.post("/admin/access/project/", chosen, follow=True)

    done = {"disable": "1 Projekt abgeschaltet.", "enable": "1 Projekt eingeschaltet."}
    assert done[action] in page.content.decode()


def test_api_is_always_in_english(german):
    token = TokenFactory()

    answer = client_of(token).post(
        "/api/video/rooms",
        {"name": "a", "max_members": 0},
        format="json",
        headers={"Accept-Language": "de", "Cookie": "django_language=de"},
    )

    assert answer.status_code == 422
    message = "max_members must be a whole number from 1 to 300, not 0."
    assert answer.json()["errors"][0]["message"] == message


def test_field_errors_are_in_the_readers_language(german):
    log_in(german)
    rows = one_of_everything("Zebra")
    url = f"/rooms/{rows['room'].pk}"

    page = german.post(url, {"max_members": "301", "version": "2", "zone": "UTC"})

    assert "Geben Sie eine Zahl von 1 bis 300 ein." in page.content.decode()


def test_error_page_is_translated_without_a_database(german):
    assert "Seite nicht gefunden" in german.get("/nowhere").content.decode()


def test_numbers_and_times_have_german_format():

    with translation.override("de"):
        now = datetime(2026, 11, 24, tzinfo=UTC)
        assert relative(now + timedelta(hours=2), now) == "in 2 Std."
        assert relative(now - timedelta(minutes=5), now) == "vor 5 Min."
        assert span(timedelta(days=2)) == "2 Tage"


def test_default_language_is_the_browsers(client):
    StaffFactory()

    html = client.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9"}).content.decode()

    assert '<html lang="de"' in html
