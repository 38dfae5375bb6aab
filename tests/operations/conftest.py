"""A server with metrics."""

import pytest

from tests.support.metrics import TOKEN
from tests.support.server import start_server


@pytest.fixture(scope="module")
def watched(server_env):
    env = {**server_env, "METRICS_TOKEN": TOKEN, "HTTPS": "true", "PROXIES": "1"}
    with start_server(env) as server:
        yield server
