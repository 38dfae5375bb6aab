"""POST with an Idempotency-Key: one effect and one response, at every address of the API."""

import json
from functools import partial

import pytest
from django.db import connection

from access.idempotent_calls import IdempotentCall
from tests.support.api import nothing_changes
from tests.support.api_routes import CALLS
from tests.support.openapi import (
    BODIES,
    DESCRIPTION,
    OF_A_LIVE_SESSION,
    OPERATIONS,
    client_of_a_project,
    parameters_of,
    send,
    showing,
    things_of,
)
from tests.support.tables import each

pytestmark = pytest.mark.django_db
POSTS = [name for name, (method, _) in OPERATIONS.items() if method == "post"]
KEY = {"HTTP_IDEMPOTENCY_KEY": "one-effect"}
every_post = each("name", POSTS)
# They refuse unknown keys, and store their key before the effect.
# The operations that refuse unknown keys.
BULK = {"change_rooms", "revert_bulk_change", "compose_room_recording"}


@pytest.fixture
def client():
    return client_of_a_project()


@pytest.fixture
def posting(client):
    """Return a function that sends a POST about the same things each time, by its name."""
    live, ended = (things_of(client.project, ended=ended) for ended in (False, True))
    bodies = BODIES | {"admit_member": showing(client.project)}

    def post(name, body=None, **extra):
        things = live if name in {*OF_A_LIVE_SESSION, "end_room_session"} else ended
        body = bodies.get(name) if body is None else body
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return send(client, name, text, things=things, **extra)

    def of(name):
        call = partial(post, name)
        call.body = bodies.get(name)
        return call

    return of


def without_id(response):
    headers = {k: text for k, text in response.headers.items() if k != "X-Request-Id"}
    return response.status_code, response.content, headers


def test_each_post_of_the_urlconf_is_documented():
    assert len(POSTS) == len([method for _, method in CALLS if method == "post"]) >= 11


@every_post
def test_repeated_request_has_one_effect_and_the_same_response(posting, name):
    post = posting(name)
    first = post(**KEY)
    with nothing_changes():
        second = post(**KEY)

    assert first.status_code in (200, 201)
    assert without_id(second) == without_id(first)
    assert IdempotentCall.objects.count() == 1


@every_post
def test_request_without_a_key_has_the_same_response(posting, name):
    post = posting(name)
    keyed, plain = post(**KEY), post()

    # The name of the room is in use then.
    if name != "create_room":
        assert keyed.status_code == plain.status_code
        assert set(keyed.headers) == set(plain.headers)
        assert list(keyed.json()) == list(plain.json())


@every_post
def test_order_of_keys_and_whitespace_do_not_count(posting, name):
    post = posting(name)
    body = {**(post.body or {}), **({} if name in BULK else {"x": {"b": 1, "a": [1]}, "y": 2})}
    other = {key: body[key] for key in reversed(body)}
    if "x" in body:
        other["x"] = {"a": [1], "b": 1}
    first = post(json.dumps(body), **KEY)
    with nothing_changes():
        second = post(json.dumps(other, indent=2), **KEY)

    assert first.status_code < 300
    assert without_id(second) == without_id(first)


@every_post
def test_other_body_is_refused(posting, name):
    post = posting(name)
    assert post(**KEY).status_code < 300
    with nothing_changes():
        response = post({**(post.body or {}), "other": 1}, **KEY)

    fault = {"attribute": "Idempotency-Key", "code": "invalid_parameter"}
    if name in BULK and "other" in str(response.json()):
        assert response.status_code == 422
    else:
        assert fault.items() <= response.json()["errors"][0].items()


@every_post
def test_key_of_another_address_is_refused(client, posting, name):
    post = posting(name)
    assert post(**KEY).status_code < 300
    others = [other for other in POSTS if other != name][:2]
    things = things_of(client.project)

    for other in others:
        with nothing_changes():
            response = send(client, other, things=things, **KEY)
        assert response.json()["errors"][0]["attribute"] == "Idempotency-Key", other


@every_post
def test_query_counts_except_a_dry_run_that_is_off(posting, name):
    post = posting(name)
    first = post(**KEY)
    with nothing_changes():
        same = post(**KEY, QUERY_STRING="dry_run=false")
        other = post(**KEY, QUERY_STRING="colour=red")

    assert without_id(same) == without_id(first)
    assert other.status_code == 422


@every_post
@each("key", ["", "k" * 201, "a\tb", "ключ".encode().decode("latin-1")], ids=ascii)
def test_key_that_cannot_be_stored_is_refused(posting, name, key):
    post = posting(name)
    with nothing_changes():
        response = post(HTTP_IDEMPOTENCY_KEY=key)

    assert response.status_code == 422
    assert response.json()["errors"][0]["attribute"] == "Idempotency-Key"
    assert not IdempotentCall.objects.exists()


@every_post
def test_refused_request_leaves_the_key_free(posting, name):
    post = posting(name)
    with nothing_changes():
        refused = post('{"not": json', **KEY)

    assert refused.status_code == 400
    assert not IdempotentCall.objects.exists()
    assert post(**KEY).status_code < 300


@every_post
def test_dry_run_leaves_the_key_free(posting, name):
    post = posting(name)
    if "dry_run" not in parameters_of(name):
        return
    with nothing_changes():
        dry = post(**KEY, QUERY_STRING="dry_run=true")

    assert dry.json()["dry_run"]
    assert not IdempotentCall.objects.exists()
    assert "dry_run" not in post(**KEY).json() or name in BULK


@every_post
def test_repeated_request_needs_no_condition_again(posting, name):
    post = posting(name)
    current = post(HTTP_IF_MATCH='"999"').headers.get("ETag", "*")
    headers = {**KEY, "HTTP_IF_MATCH": current}
    first = post(**headers)
    assert first.status_code < 300
    with nothing_changes():
        assert without_id(post(**headers)) == without_id(first)


@every_post
def test_stored_response_has_no_secret(posting, name):
    post = posting(name)
    answer = post(**KEY).json()

    stored = " ".join(map(str, IdempotentCall.objects.values_list("answer", "headers", "key")))
    assert "whsec_" not in stored
    for secret in (answer.get("secret"), answer.get("token")):
        assert secret is None or secret not in stored


@every_post
def test_effect_is_not_made_if_its_key_cannot_be_stored(client, posting, name):
    post = posting(name)
    if name in BULK:
        # tests/rooms/bulk/test_bulk_idempotency.py interrupts them.
        return
    client.raise_request_exception = False
    refuse_inserts("rooms_idempotentcall")

    with nothing_changes():
        response = post(**KEY)

    assert response.status_code >= 409


def refuse_inserts(table):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER full BEFORE INSERT ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            return
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'full'; END $$"
        )
        cursor.execute(f'CREATE TRIGGER "full" BEFORE INSERT ON {table} EXECUTE FUNCTION refuse()')


@every_post
def test_document_has_the_key_and_its_refusals(name):
    method, path = OPERATIONS[name]
    responses = DESCRIPTION["paths"][path][method]["responses"]

    assert "Idempotency-Key" in parameters_of(name)
    assert {"409", "422"} <= responses.keys()
