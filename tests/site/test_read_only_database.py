"""A database that refuses writes: reads go on, every write is a 503 with Retry-After."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from access.api.throttling import TokenThrottle
from access.models import ApiToken
from config.environment import Rate
from rooms.api.rooms import RoomViewSet
from tests.factories import StaffFactory
from tests.support.openapi import (
    OF_A_LIVE_SESSION,
    OPERATIONS,
    client_of_a_project,
    parameters_of,
    send,
    things_of,
)
from tests.support.page_catalogue import address, one_of_everything, pages

pytestmark = [pytest.mark.of_postgresql, pytest.mark.django_db(transaction=True)]
SETTING = "default_transaction_read_only"
# A room token is not stored, and the body of this change is {}.
WRITE_NOTHING = {"create_room_token", "update_room"}


@pytest.fixture
def read_only(transactional_db):
    """Return a function that makes each new connection to the test database refuse writes."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])

    def begin():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET {SETTING} = on")
        connection.close()

    yield begin
    with connection.cursor() as cursor:
        cursor.execute(f"SET {SETTING} = off")
        cursor.execute(f"ALTER DATABASE {name} RESET {SETTING}")
    connection.close()


def test_api_reads_go_on_and_api_writes_are_answered_with_retry_after(read_only):
    client = client_of_a_project()
    live, over = (things_of(client.project, ended=ended) for ended in (False, True))
    ApiToken.objects.update(last_used_at=None)
    read_only()

    found = {
        name: send(client, name, things=live if name in OF_A_LIVE_SESSION else over)
        for name in OPERATIONS
    }

    # The time of the last use is not worth an answer.
    assert not ApiToken.objects.exclude(last_used_at=None).exists()
    for name, response in found.items():
        if OPERATIONS[name][0] == "get" or name in WRITE_NOTHING:
            assert response.status_code == 200, name
        else:
            assert response.status_code == 503, name
            assert response.headers["Retry-After"] == "2"
            assert "read-only" in response.json()["detail"]


def test_dry_run_is_answered_or_refused_with_retry_after(read_only):
    client = client_of_a_project()
    live, over = (things_of(client.project, ended=ended) for ended in (False, True))
    read_only()

    for name in OPERATIONS:
        if "dry_run" in parameters_of(name):
            things = live if name in OF_A_LIVE_SESSION else over
            response = send(client, name, things=things, QUERY_STRING="dry_run=true")
            assert response.status_code in (200, 201, 204, 503), name
            assert response.status_code != 503 or response.headers["Retry-After"]


def test_counted_requests_are_answered(read_only, settings, monkeypatch):
    settings.RATE_LIMIT = Rate(1, 3600)
    monkeypatch.setattr(RoomViewSet, "throttle_classes", [TokenThrottle])
    client = client_of_a_project()
    things = things_of(client.project)
    read_only()

    answers = [send(client, "list_rooms", things=things) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_pages_go_on(read_only):
    person = StaffFactory()
    rows = one_of_everything("zebra", owner=person)
    urls = [address(page, rows) for page in pages()]
    client = Client(raise_request_exception=False)
    client.force_login(person)
    read_only()

    found = {url: client.get(url).status_code for url in urls}

    # This preview locks the session.
    preview = reverse("apply-to-session", args=[rows["session"].pk])
    assert {url: status for url, status in found.items() if status >= 500} == {preview: 503}


def test_page_whose_session_cannot_be_saved_is_shown(read_only):
    person = StaffFactory()
    job = one_of_everything("zebra", owner=person)["job"]
    client = Client()
    client.force_login(person)
    session = client.session
    session["job"] = str(job.pk)
    session.save()
    read_only()

    assert client.get(reverse("job", args=[job.pk])).status_code == 200


def test_no_form_is_a_500(read_only):
    person = StaffFactory()
    rows = one_of_everything("zebra", owner=person)
    urls = [address(page, rows) for page in pages()]
    client = Client(raise_request_exception=False)
    client.force_login(person)
    read_only()

    found = {url: client.post(url, {"post": "yes"}).status_code for url in urls}

    assert {url: status for url, status in found.items() if status == 500} == {}


def test_sign_in_says_why_it_is_refused(read_only):
    person = StaffFactory()
    person.set_password("correct horse")
    person.save()
    read_only()

    response = Client().post(
        reverse("sign-in"), {"username": person.username, "password": "correct horse"}
    )

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert b"The database is read-only" in response.content
    assert b"cannot save changes or sign you in" in response.content


def test_server_is_not_ready(read_only, client):
    read_only()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "It is read-only."}
