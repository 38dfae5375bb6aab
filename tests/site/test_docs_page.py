"""The page of the API documentation: it loads only our own files and explains every error."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from config.openapi.responses import STATUSES
from tests.factories import TokenFactory
from tests.support.api import ROOMS_URL, ApiClient, client_of
from tests.support.openapi import DESCRIPTION

pytestmark = pytest.mark.django_db

# The contract's codes.
CODES = [
    "missing_required_parameter",
    "invalid_parameter",
    "invalid_join_until_date",
    "not_unique_within_project",
    "not_a_boolean",
    "not_a_datetime",
    "not_an_integer",
    "not_a_string",
    "not_a_hash",
    "page_token_required",
    "page_token_is_invalid",
    "unknown_parameter",
    # Our own codes, for bulk changes and reverts.
    "not_found",
    "stale",
    "changed_since",
]


class Page(HTMLParser):
    """The files a page loads, its anchors, and its inline scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.loads, self.links, self.ids, self.inline = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag in ("script", "img", "iframe") and "src" in attributes:
            self.loads.append(attributes["src"])
        if tag == "link":
            self.loads.append(attributes["href"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(tag)
        self.inline += [name for name in attributes if name == "style" or name.startswith("on")]


def read(address):
    response = ApiClient().get(address)
    assert response.status_code == 200, address
    content = response.getvalue()
    response.close()
    return content


@pytest.fixture
def response():
    response = ApiClient().get("/api/docs")
    assert response.status_code == 200
    return response


@pytest.fixture
def page(response):
    return Page(response.content.decode())


def test_page_loads_only_our_own_existing_files(page):
    assert len(page.loads) == 8
    for address in page.loads:
        assert address.startswith("/")
        assert read(address)


def test_page_has_a_way_back_to_the_staff_pages(page):
    assert set(page.links) == {"/", "/api/docs", "/api/schema"}


def test_page_has_the_content_security_policy_of_every_page(response, page):
    policy = response["Content-Security-Policy"]

    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert page.inline == []


def test_page_does_not_use_an_external_validator(page):
    script = next(address for address in page.loads if "api-docs" in address and ".js" in address)

    assert b"validatorUrl: null" in read(script)


def test_every_code_and_status_is_explained_on_the_page(page):
    assert set(CODES) <= set(page.ids)
    assert {str(status) for status in STATUSES} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_codes_equal_the_contracts():
    assert DESCRIPTION["components"]["schemas"]["ValidationCode"]["enum"] == CODES


def test_url_of_an_error_leads_to_its_explanation(page):
    refused = client_of(TokenFactory()).post(ROOMS_URL, {"name": "", "max_members": "5"})

    urls = [urlsplit(fault["url"]) for fault in refused.json()["errors"]]

    assert {url.fragment for url in urls} == {"invalid_parameter", "not_an_integer"}
    for url in urls:
        assert (url.netloc, url.path) == ("testserver", "/api/docs")
        assert url.fragment in page.ids
