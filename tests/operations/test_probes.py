"""Endpoints for load balancers: /healthz, /readyz."""

import pytest
import requests
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.support.api import ROOMS_URL
from tests.support.metrics import SHOWN, TOKEN, samples
from tests.support.server import start_server

# An unknown token, so that the database is queried.
SOMEBODY = {"Authorization": f"Bearer gr_{'0' * 12}_{'0' * 43}"}

# Headers of a load balancer, which uses the server's IP address and plain HTTP.
STRANGER = {"Host": "10.0.0.7:8000"}


@pytest.fixture
def away():
    env = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "SECRET_KEY": "away" * 16,
        "METRICS_TOKEN": TOKEN,
        "WORKERS": "1",
    }
    with start_server(env) as server:
        yield server


def test_load_balancer_is_answered_for_any_host_and_without_https(watched, transactional_db):
    alive = requests.get(watched.url + "/healthz", headers=STRANGER, timeout=30)
    ready = requests.get(watched.url + "/readyz", headers=STRANGER, timeout=30)

    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok"}}


def test_server_without_database_is_alive_and_not_ready(away):
    alive = requests.get(away.url + "/healthz", timeout=30)
    ready = requests.get(away.url + "/readyz", timeout=30)
    called = requests.get(away.url + ROOMS_URL, headers=SOMEBODY, timeout=30)
    metrics = requests.get(away.url + "/metrics", headers=SHOWN, timeout=30)

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "checks": {"database": "It does not answer."}}
    assert int(ready.headers["Retry-After"]) > 0
    assert samples(metrics.text)["greenroom_database_up",] == 0
    assert called.status_code == 503
    assert samples(metrics.text)["greenroom_database_errors_total", "OperationalError"] == 1


def test_missing_migration_is_reported(client, db):
    MigrationRecorder(connection).record_unapplied("rooms", "0001_initial")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "1 not applied: ./run manage migrate"


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_probes_accept_only_get_and_head(client, path):
    response = client.post(path)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
