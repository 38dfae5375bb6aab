"""The secret of a token is random, and only its digest is stored."""

import base64
import hashlib

from django.db import connection

from access.models import ApiToken
from tests.factories import TokenFactory


def test_only_a_digest_of_the_secret_is_stored(token):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apitoken")
        row = " ".join(map(str, cursor.fetchone()))

    assert token.secret[-43:] not in row
    assert hashlib.sha256(token.secret.encode()).hexdigest() in row


def test_token_loaded_from_the_database_has_no_secret(token):
    again = ApiToken.objects.get()

    assert not any(token.secret in str(value) for value in vars(again).values())
    assert token.secret not in f"{again} {again!r}"


def test_secret_is_32_random_bytes(project):
    first, second = (TokenFactory(project=project).secret for _ in range(2))

    assert first != second
    assert len(base64.urlsafe_b64decode(first[16:] + "=")) == 32


def test_token_is_identified_by_its_prefix(token):
    assert token.secret.startswith(f"gr_{token.prefix}_")
    assert str(token) == f"{token.name} (gr_{token.prefix}\u2026)"
