"""Wrong API tokens are counted per network, and pause only requests with wrong tokens."""

import base64
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.credentials.wrong_tokens import WRONG_TOKENS
from access.models import FailureCount
from config.api_urls import api as routes
from tests.factories import TokenFactory
from tests.support.api import ApiClient, basic, nothing_changes, room_url
from tests.support.changes import CHANGE
from tests.support.tables import each

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
UNKNOWN = f"Bearer gr_{'0' * 12}_{'0' * 43}"


def call(authorization, url="/api/video/rooms", address=HERE, method="get"):
    sent = {"HTTP_AUTHORIZATION": authorization} if authorization else {}
    return getattr(ApiClient(REMOTE_ADDR=address), method)(url, **sent)


@pytest.fixture
def paused():
    """Pause the address HERE."""
    answers = [call(UNKNOWN) for _ in range(WRONG_TOKENS.free + 1)]
    assert {answer.status_code for answer in answers} == {401}
    FailureCount.objects.update(paused_until=time.time() + 30)


def kinds_of_wrong_credentials(token):
    revoked, expired = TokenFactory(revoked=True), TokenFactory(expired=True)
    other = TokenFactory()
    return {
        "unknown": UNKNOWN,
        "malformed": "Bearer x",
        "no Base64": "Basic !!!",
        "another scheme": "Digest x",
        "another project": basic(other.project_id, token.secret),
        "wrong secret": basic(token.project_id, token.secret[:-1] + "_"),
        "empty user": "Basic " + base64.b64encode(b":").decode(),
        "too long": "Bearer " + "x" * 600,
        "revoked": basic(revoked.project_id, revoked.secret),
        "expired": basic(expired.project_id, expired.secret),
    }


def test_each_kind_of_wrong_credentials_is_counted_and_paused(token):
    kinds = kinds_of_wrong_credentials(token).values()
    for number, wrong in enumerate(kinds, 1):
        assert call(wrong).status_code == 401
        assert FailureCount.objects.get().failures == number
    FailureCount.objects.update(paused_until=time.time() + 30)

    assert {call(wrong).status_code for wrong in kinds} == {429}


def test_pause_has_a_sentence_and_the_seconds(paused):
    answer = call(UNKNOWN)

    assert answer.status_code == 429
    seconds = int(answer.headers["Retry-After"])
    assert 28 <= seconds <= 31
    assert answer.json() == {
        "error": "Too Many Requests",
        "detail": f"Too many requests with wrong tokens. Expected available in {seconds} seconds.",
    }


@each("route", routes, ids=lambda route: route.name)
def test_every_operation_has_the_pause(paused, room, route):
    url = "/api/video/" + str(route.pattern).replace("<str:", "").replace("<int:change>", "1")
    methods = [method for method in route.callback.actions if method != "head"]

    for method in methods:
        with nothing_changes():
            assert call(UNKNOWN, url.replace(">", ""), method=method).status_code == 429


def test_valid_token_is_answered_during_the_pause(paused, token, room):
    right = basic(token.project_id, token.secret)

    assert call(right, room_url(room)).status_code == 200
    client = ApiClient(REMOTE_ADDR=HERE, HTTP_AUTHORIZATION=right)
    assert client.put(room_url(room), CHANGE).status_code == 200


def test_valid_token_needs_no_statement_about_pauses(api, room):
    with CaptureQueriesContext(connection) as statements:
        api.get(room_url(room))

    assert not any("failurecount" in query["sql"] for query in statements.captured_queries)


def test_pause_only_reads(paused):
    with CaptureQueriesContext(connection) as statements:
        assert call(UNKNOWN).status_code == 429

    assert [query["sql"].split()[0] for query in statements.captured_queries] == ["SELECT"] * 2


def test_another_address_is_not_paused(paused):
    assert call(UNKNOWN, address=ELSEWHERE).status_code == 401


def test_request_without_a_token_is_not_counted(paused):
    assert call(None).status_code == 401
    with CaptureQueriesContext(connection) as statements:
        call(None, address=ELSEWHERE)

    assert not statements.captured_queries


def test_longest_pause_is_about_a_minute():
    for _ in range(WRONG_TOKENS.free):
        call(UNKNOWN)
    waits = []
    for _ in range(9):
        call(UNKNOWN)
        waits.append(int(call(UNKNOWN).headers["Retry-After"]))
        FailureCount.objects.update(paused_until=time.time() - 1)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]
