"""A server whose threads share the connections of a pgbouncer."""

import json

import psycopg
import pytest
import requests
from django.conf import settings

from tests.support import pgbouncer
from tests.support.api import ROOMS_URL, basic
from tests.support.pgbouncer import CONNECTIONS
from tests.support.postgres import cluster
from tests.support.server import manage, start_server


@pytest.fixture(scope="package")
def database():
    if pgbouncer.PROGRAM is None:
        pytest.skip(pgbouncer.MISSING)
    with cluster() as database:
        yield database


@pytest.fixture(scope="package")
def env(database):
    own = {"GREENROOM_DATA": str(settings.DATA_DIR), "SECRET_KEY": "pool" * 16}
    manage({**own, "DATABASE_URL": database.url}, "migrate", "--verbosity", "0")
    with psycopg.connect(database.url) as connection:
        # Another time zone than UTC, as on many PostgreSQL servers.
        connection.execute("ALTER ROLE greenroom SET TimeZone = 'Asia/Kolkata'")
    with pgbouncer.pooled(database, CONNECTIONS) as pooled:
        yield {**own, **pooled, "WORKERS": "2", "THREADS": "4"}


@pytest.fixture(scope="package")
def api(env):
    """Call the API with a new connection for each request, until a slot for long calls is free."""
    made = json.loads(manage(env, "create_token", "--project", "P", "--scope", "video", "--json"))
    headers = {"Authorization": basic(made["project_id"], made["token"])}

    with start_server(env) as server:

        def call(method, path, body=None, **extra):
            url, sent = server.url + path, {**headers, **extra}
            while True:
                response = requests.request(method, url, json=body, headers=sent, timeout=60)
                if response.status_code != 429:
                    return response

        yield call


@pytest.fixture
def make_room(api):
    def make(**values):
        response = api("POST", ROOMS_URL, values)
        assert response.status_code == 200, response.text
        return response.json()

    return make
