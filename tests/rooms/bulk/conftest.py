"""Rooms, and bulk requests in JSON and CSV."""

import pytest

from tests.factories import RoomFactory
from tests.support.bulk import BULK_URL


@pytest.fixture
def rooms(project):
    return [RoomFactory(project=project, max_members=5 + number) for number in range(4)]


@pytest.fixture
def bulk(api):
    """Send a bulk request: bulk(select, change, mode=…)."""

    def send(select, change, *, query="", headers=None, **more):
        body = {"select": select, "change": change, **more}
        return api.post(BULK_URL + query, body, headers=headers)

    return send


@pytest.fixture
def post_csv(api):
    def send(text, query=""):
        data = text if isinstance(text, bytes) else text.encode()
        return api.generic("POST", BULK_URL + query, data, content_type="text/csv")

    return send
