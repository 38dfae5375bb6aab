"""A receiver on this machine, an endpoint that names it, and a time when deliveries are due."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from tests.factories import WebhookEndpointFactory
from tests.support.webhook_receiver import Receiver


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def endpoint(project, receiver, room):
    """An endpoint without deliveries: the room was created before it."""
    return WebhookEndpointFactory(project=project, url=receiver.url())


@pytest.fixture
def now():
    return timezone.now() + timedelta(minutes=1)
