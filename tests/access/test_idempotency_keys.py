"""Keys of requests: secrets that are not stored, keys of a day, and two requests at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access.database.name_locks import try_lock
from access.idempotent_calls import IdempotentCall
from access.models import WebhookEndpoint
from rooms.models import Room
from tests.factories import ProjectFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import ROOMS_URL, TOKENS_URL, client_of, nothing_changes
from tests.support.webhook_api import URL

pytestmark = pytest.mark.django_db
NEW = {"url": "https://receiver.example/"}
KEY = {"HTTP_IDEMPOTENCY_KEY": "k"}


def test_repeated_creation_of_a_webhook_returns_its_first_secret(api):
    first = api.post(URL, NEW, **KEY).json()
    api.post(f"{URL}/{first['id']}/rotate")

    assert api.post(URL, NEW, **KEY).json() == first
    assert WebhookEndpoint.objects.get().generation == 2


def test_repeated_rotation_returns_its_secret_after_another_rotation(api):
    address = f"{URL}/{api.post(URL, NEW).json()['id']}/rotate"
    first = api.post(address, **KEY).json()
    last = api.post(address, HTTP_IDEMPOTENCY_KEY="other").json()

    assert api.post(address, **KEY).json() == first
    assert api.post(address, HTTP_IDEMPOTENCY_KEY="other").json() == last
    assert first["secret"] != last["secret"] == WebhookEndpoint.objects.get().secret


def test_repeated_room_token_is_signed_by_the_current_key(api, settings):
    body = {"room_name": "lobby", "meta": {"n": 1e300, "text": "ü"}}
    first = api.post(TOKENS_URL, body, **KEY).json()["token"]
    assert api.post(TOKENS_URL, body, **KEY).json()["token"] == first

    settings.ROOM_TOKEN_KEYS = {"new": "k" * 64}
    again = api.post(TOKENS_URL, body, **KEY).json()["token"]

    assert again.split(".")[1] == first.split(".")[1]
    assert again != first


def test_room_with_any_meta_is_returned_byte_for_byte(api):
    body = {"name": "large", "meta": {"big": 10**40, "small": 1e-7, "text": "ü"}}

    assert api.post(ROOMS_URL, body, **KEY).content == api.post(ROOMS_URL, body, **KEY).content


def test_key_is_free_after_a_day(api):
    api.post(ROOMS_URL, {"name": "first"}, **KEY)
    IdempotentCall.objects.update(started_at=timezone.now() - timedelta(hours=24, minutes=1))

    assert api.post(ROOMS_URL, {"name": "second"}, **KEY).json()["name"] == "second"
    assert IdempotentCall.objects.count() == 1


def test_keys_of_projects_are_separate(api, client_for):
    other = client_for(project=ProjectFactory())

    answers = [client.post(ROOMS_URL, {"name": "lobby"}, **KEY) for client in (api, other)]

    assert len({answer.json()["id"] for answer in answers}) == 2


def test_form_and_json_share_a_key(api):
    first = api.post(ROOMS_URL, {"name": "lobby"}, **KEY)

    assert api.post_form(ROOMS_URL, {"name": "lobby"}, **KEY).json() == first.json()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "body"), [(ROOMS_URL, {"name": "lobby"}), (URL, NEW)])
def test_requests_at_once_have_one_effect(token, path, body):
    answers = all_at_once(lambda _: client_of(token).post(path, body, **KEY), 6)

    made = {answer.content for answer in answers if answer.status_code < 300}
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert len(made) == 1
    assert Room.objects.count() + WebhookEndpoint.objects.count() == 1


@pytest.mark.of_postgresql
@pytest.mark.django_db(transaction=True)
def test_request_is_a_conflict_while_the_first_one_runs(api, project):
    def post(number):
        if number == 0:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                assert try_lock(f"{project.pk} k")
                began.set()
                assert ended.wait(30)
                cursor.execute("ROLLBACK")
            return None
        assert began.wait(30)
        try:
            return api.post(ROOMS_URL, {"name": "lobby"}, **KEY)
        finally:
            ended.set()

    began, ended = threading.Event(), threading.Event()
    with nothing_changes():
        _, response = all_at_once(post, 2)

    assert (response.status_code, response.headers["Retry-After"]) == (409, "5")
    assert api.post(ROOMS_URL, {"name": "lobby"}, **KEY).status_code < 300
