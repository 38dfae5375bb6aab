"""Requests with a given Authorization header."""

import pytest

from tests.support.api import ApiClient, nothing_changes, room_url
from tests.support.changes import CHANGE


@pytest.fixture
def put(room):
    """Change the room with a given Authorization header."""

    def send(authorization=None, **extra):
        if authorization is not None:
            extra["HTTP_AUTHORIZATION"] = authorization
        return ApiClient().put(room_url(room), CHANGE, **extra)

    return send


@pytest.fixture
def is_refused(put):
    """Check that an Authorization header gets the same response as any other invalid one."""

    def check(*args, **extra):
        with nothing_changes():
            response = put(*args, **extra)
        assert response.status_code == 401
        assert response.json() == {"error": "Unauthorized"}
        assert response.headers["WWW-Authenticate"].startswith("Basic ")

    return check
