"""Responses with a secret are stored by no cache: each operation whose schema has one says so."""

import pytest

from tests.support.openapi import (
    DESCRIPTION,
    OPERATIONS,
    client_of_a_project_with_things,
    operation_of,
    parts_of,
    resolved,
    send,
)
from tests.support.tables import each

pytestmark = pytest.mark.django_db
SECRET_NAMES = {"secret", "token", "password", "key"}


def done(name):
    responses = operation_of(name)["responses"]
    return resolved(next(responses[status] for status in responses if status < "300"))


def fields_of(schema):
    """Yield (name, schema) of each property at any depth."""
    for part in parts_of(schema):
        for name, field in part.get("properties", {}).items():
            yield name, field
            yield from fields_of(field)
        if "items" in part:
            yield from fields_of(part["items"])


def response_fields(name):
    content = done(name).get("content", {}).get("application/json", {})
    return [(field, resolved(schema)) for field, schema in fields_of(content.get("schema", {}))]


def is_secret(field):
    return field.get("format") == "password"


@pytest.fixture
def client():
    return client_of_a_project_with_things()


SHOWING = {name for name in OPERATIONS if any(is_secret(f) for _, f in response_fields(name))}


def test_operations_with_secrets_are_known():
    assert {"create_webhook", "rotate_webhook_secret", "create_room_token"} <= SHOWING
    assert "admit_member" in SHOWING


@each("name", OPERATIONS)
def test_secret_is_marked_in_the_document(name):
    unmarked = [
        field
        for field, schema in response_fields(name)
        if field in SECRET_NAMES and not is_secret(schema)
    ]

    assert unmarked == []


@each("name", OPERATIONS)
def test_response_with_a_secret_is_not_cached(client, name):
    response = send(client, name)

    assert response.status_code < 300
    cached = response.headers.get("Cache-Control")
    may_be_kept = "ETag" in response.headers and name not in SHOWING
    assert cached == ("private, no-cache" if may_be_kept else "no-store")
    assert "Cache-Control" in done(name)["headers"]
    if name not in SHOWING and not response.streaming:
        assert "whsec_" not in response.content.decode()


def test_document_says_why():
    assert "secret" in DESCRIPTION["components"]["headers"]["Cache-Control"]["description"]
