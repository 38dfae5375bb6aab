"""Room tokens, and their admission."""

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from sessions.tokens.room_tokens import Claims, issue
from tests.support.admissions import HOUR
from tests.support.api import ADMISSIONS_URL, TOKENS_URL


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


@pytest.fixture
def ask(api):
    def ask(**body):
        response = api.post(TOKENS_URL, {"room_name": "standup", **body})
        assert response.status_code == 200, response.content
        assert list(response.json()) == ["token"]
        return response.json()["token"]

    return ask
