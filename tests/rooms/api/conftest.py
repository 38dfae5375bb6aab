"""A change of the test's room by PUT or PATCH."""

import pytest

from tests.support.api import room_url


@pytest.fixture(params=["put", "patch"])
def change(request, api, room):
    """Send a body to the room with both methods."""

    def send(body=None, **extra):
        return getattr(api, request.param)(room_url(room), body, **extra)

    return send
