"""Room tokens, and their admission."""

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from sessions.tokens.room_tokens import Claims, issue
from tests.support.admissions import HOUR
from tests.support.api import ADMISSIONS_URL


@pytest.fixture
def soon():
    return whole_second(timezone.now()) + HOUR


@pytest.fixture
def token_for(project):
    def make(room, **said):
        name = getattr(room, "name", room)
        return issue(Claims(**{"project_id": project.pk, "room_name": name, **said}))

    return make


@pytest.fixture
def show(api):
    """Send a room token; return the response."""
    return lambda token, query="", **more: api.post(
        ADMISSIONS_URL + query, {"token": token, **more}
    )
