"""Every response has the security headers of a page, and is private to its client."""

import pytest
from django.conf import settings
from django.test import Client

from access.http.response_headers import POLICY, alive_response
from config.server.passwords import busy_page
from tests.factories import StaffFactory
from tests.support import raw_http
from tests.support.api import ApiClient
from tests.support.api_routes import CALLS
from tests.support.openapi import OPERATIONS, client_of_a_project, send
from tests.support.page_catalogue import address, one_of_everything, pages
from tests.support.raw_http import request

pytestmark = pytest.mark.django_db
SECURE = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ROOMS = "/api/video/rooms"
FORM = "application/x-www-form-urlencoded"
REFUSED = {
    "a long header": (431, {"HTTP_X_LONG": "a" * settings.HEADER_BYTES}),
    "a charset": (415, {"data": b"a=b", "content_type": f"{FORM}; charset=rot13"}),
    "an encoding": (415, {"data": b"a", "content_type": FORM, "HTTP_CONTENT_ENCODING": "gzip"}),
    "two lengths": (400, {"data": b"a", "content_type": FORM, "HTTP_TRANSFER_ENCODING": "chunked"}),
    "a long body": (413, {"data": b"a" * 5_000_000, "content_type": FORM}),
    "a foreign host": (400, {"HTTP_HOST": "elsewhere.example"}),
}


def check_headers(response, is_secret=False):
    assert {name: response.headers.get(name) for name in SECURE} == SECURE
    cached = response.headers["Cache-Control"]
    assert "no-store" in cached or (not is_secret and "private" in cached)


@pytest.mark.parametrize("path", ["/sign-in", ROOMS])
@pytest.mark.parametrize("name", REFUSED)
def test_early_refusal_has_the_headers(path, name):
    status, sent = REFUSED[name]

    response = Client().generic("POST", path, **{"HTTP_HOST": "localhost", **sent})

    assert response.status_code == status
    check_headers(response, is_secret=path == ROOMS)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_probe_has_the_headers(path, method):
    check_headers(getattr(Client(), method)(path), is_secret=True)


@pytest.mark.parametrize("response", [alive_response, busy_page])
def test_answer_of_the_event_loop_has_the_headers(response):
    check_headers(response(), is_secret=True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in", "/nowhere", ROOMS])
def test_live_server_sends_the_headers(greenroom, path):
    answer = raw_http.send(greenroom, request("GET", path, {"Host": "localhost"}, None), "GET")

    assert {name: answer.headers.get(name.lower()) for name in SECURE} == SECURE
    assert answer.headers["cache-control"]


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_call_without_a_token_has_the_headers(route, method):
    path = f"/{route}".replace("<int:change>", "1")

    check_headers(getattr(ApiClient(), method)(path))


@pytest.mark.parametrize("name", OPERATIONS)
def test_call_with_a_token_has_the_headers(name):
    response = send(client_of_a_project(), name)

    check_headers(response, is_secret="ETag" not in response.headers)


def test_client_may_keep_a_version_for_its_etag(api, room):
    room_url = f"{ROOMS}/{room.pk}"
    tag = api.get(room_url).headers["ETag"]

    response = api.get(room_url, HTTP_IF_NONE_MATCH=tag)

    assert response.status_code == 304
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_every_page_has_the_headers():
    person = StaffFactory(is_superuser=True)
    rows = one_of_everything("zebra", owner=person)
    client = Client()
    client.force_login(person)
    paths = list(dict.fromkeys(address(page, rows) for page in pages()))

    for path in paths:
        check_headers(client.get(path))
        check_headers(Client().get(path))

    assert len(paths) > 50
