"""Secrets and signatures, verified with the public library that receivers use."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from access.models import WebhookEndpoint
from access.webhooks import signatures
from access.webhooks.models import OVERLAP
from tests.factories import WebhookEndpointFactory

MESSAGE = uuid.UUID(int=7)
BODY = '{"type":"room.ended","data":{"name":"Größe"}}'.encode()


@pytest.fixture
def endpoint(db):
    return WebhookEndpointFactory()


def signed(endpoint, now, body=BODY):
    return signatures.signed_headers(MESSAGE, body, endpoint.secrets(now), now)


def verifies(secret, headers, body=BODY):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_public_library_verifies_the_signature(endpoint):
    headers = signed(endpoint, timezone.now())

    assert headers["webhook-id"] == str(MESSAGE)
    assert verifies(endpoint.secret, headers)


def test_other_secret_body_id_or_time_does_not_verify(endpoint):
    now = timezone.now()
    headers = signed(endpoint, now)

    assert not verifies(WebhookEndpointFactory().secret, headers)
    assert not verifies(endpoint.secret, headers, BODY + b" ")
    assert not verifies(endpoint.secret, {**headers, "webhook-id": "8"})
    assert not verifies(endpoint.secret, signed(endpoint, now - timedelta(minutes=6)))


def test_secret_has_the_standard_form_and_is_reproducible(endpoint):
    again = WebhookEndpoint.objects.get(pk=endpoint.pk)

    assert endpoint.secret.startswith("whsec_")
    assert len(base64.b64decode(endpoint.secret.removeprefix("whsec_"), validate=True)) == 32
    assert again.secret == endpoint.secret


def test_secret_is_not_stored_in_the_database(endpoint):
    row = str(WebhookEndpoint.objects.filter(pk=endpoint.pk).values().get())

    assert endpoint.secret.removeprefix("whsec_") not in row


def test_other_secret_key_makes_other_secrets(endpoint, settings):
    before = endpoint.secret
    settings.SECRET_KEY = "another one, for this test alone"

    assert endpoint.secret != before


def test_both_secrets_verify_for_a_time_after_a_rotation(endpoint):
    now = timezone.now()
    before = endpoint.secret

    after = endpoint.rotate(now - OVERLAP + timedelta(minutes=1))

    headers = signed(endpoint, now)
    assert after != before
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert verifies(before, headers)
    assert verifies(after, headers)
    assert WebhookEndpoint.objects.get(pk=endpoint.pk).secrets(now) == [after, before]


def test_only_the_new_secret_verifies_after_that_time(endpoint):
    now = timezone.now()
    before = endpoint.secret

    after = endpoint.rotate(now - OVERLAP)

    headers = signed(endpoint, now)
    assert verifies(after, headers)
    assert not verifies(before, headers)


def test_second_rotation_ends_the_first_secret_at_once(endpoint):
    now = timezone.now()
    first = endpoint.secret

    second, third = endpoint.rotate(now), endpoint.rotate(now)

    headers = signed(endpoint, now)
    assert len({first, second, third}) == 3
    assert not verifies(first, headers)
    assert verifies(second, headers)
    assert verifies(third, headers)
