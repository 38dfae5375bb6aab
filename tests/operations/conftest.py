"""A server with metrics, and the statements of a call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.metrics import TOKEN
from tests.support.server import start_server
from tests.support.statements import in_short


@pytest.fixture(scope="module")
def watched(server_env):
    env = {**server_env, "METRICS_TOKEN": TOKEN, "HTTPS": "true", "PROXIES": "1"}
    with start_server(env) as server:
        yield server


@pytest.fixture
def statements():
    """Return the first two words and the table of each statement of a call."""

    def count(call, status):
        with CaptureQueriesContext(connection) as captured:
            response = call()
        assert response.status_code == status, response.content
        return [in_short(query["sql"]) for query in captured]

    return count
