"""An endpoint of the test's project."""

import pytest

from tests.factories import WebhookEndpointFactory


@pytest.fixture
def endpoint(project):
    return WebhookEndpointFactory(project=project)
