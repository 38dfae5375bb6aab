"""Hostile texts: every page shows them as text."""

import html
import re

import pytest
from django.test import Client

from tests.factories import StaffFactory
from tests.support.browser import log_in
from tests.support.page_catalogue import address, one_of_everything, pages

MARK = "hostile"
TEXTS = {
    "a script": f"{MARK}<script>window.hostile = 1</script>",
    "a tag with a handler": f"{MARK}<img src=x onerror=window.hostile=1>",
    "the end of an attribute": f"{MARK}\" autofocus onfocus=window.hostile=1 x='",
    "the end of a textarea": f"{MARK}</textarea></title></script><svg onload=window.hostile=1>",
    "a template": MARK + "{{ request.user.password }}{% now 'Y' %}{# no #}",
    "right to left": f"{MARK} \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "emoji": f"{MARK} 👩🏽\u200d⚕️🏳️\u200d🌈",
    "wide": MARK + "\uff37" * 193,
    "a formula": f'=HYPERLINK("http://x.example";"{MARK}")',
}
# Refused in one-line fields, allowed in descriptions.
OTHER_WAY = f"{MARK} \u202eevitceffe\u202c and \u2066on\u2069"
# These would be active if they were not escaped.
ACTING = [
    re.compile(found)
    for found in (
        r"<script>window\.hostile",
        r"<img src=x",
        r"<svg onload",
        r'hostile" autofocus',
        r"</textarea></title>",
    )
]


@pytest.fixture
def person(db):
    return StaffFactory()


def pages_of(person, rows):
    """Yield the URL, status and content of every page for these rows."""
    client = Client(raise_request_exception=True)
    client.force_login(person)
    for url in dict.fromkeys(address(page, rows) for page in pages()):
        answer = client.get(url)
        # A download occupies a slot until its end.
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.headers["Content-Type"].startswith("text/html"):
            yield url, answer.status_code, content.decode()


def check_that_it_is_text(text, rows):
    shown = 0
    for url, status, content in pages_of(rows["person"], rows):
        assert status < 500, url
        acting = [found.pattern for found in ACTING if found.search(content)]
        assert not acting, f"{url}: {acting}"
        # A page that shows the text must show it unchanged.
        shown += text[:60] in html.unescape(content)
    return shown


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_page_shows_hostile_text_as_text(person, text):
    rows = one_of_everything(text, owner=person)

    assert check_that_it_is_text(text, rows) > 20


def test_right_to_left_text_does_not_affect_its_surroundings(person):
    rows = one_of_everything(MARK, prose=OTHER_WAY, owner=person)

    assert check_that_it_is_text(OTHER_WAY, rows) > 5


@pytest.mark.parametrize(
    "kinds",
    [
        ("a script", "a tag with a handler", "the end of an attribute"),
        ("the end of a textarea", "a template", "right to left", "emoji"),
    ],
)
@pytest.mark.long
def test_no_injected_script_runs(open_page, greenroom, kinds):
    words = "".join(TEXTS[kind] for kind in kinds)
    rows = one_of_everything(words, prose=words + OTHER_WAY, slug="z" * 40, owner=StaffFactory())
    page = open_page(viewport={"width": 390, "height": 844}, allowed=("status of 40[0345]",))
    log_in(page, greenroom, rows["person"])

    for url in [url for url, _, content in pages_of(rows["person"], rows) if "<html" in content]:
        page.goto(f"{greenroom.url}{url}")
        assert page.evaluate("window.hostile") is None, url
