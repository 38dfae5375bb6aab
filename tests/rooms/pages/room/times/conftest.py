"""Staff in Berlin."""

import pytest

from tests.support.html import log_in


@pytest.fixture(autouse=True)
def _someone_in_berlin(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"
