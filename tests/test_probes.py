"""What load balancers and Prometheus ask for: /healthz, /readyz, /metrics."""

from datetime import timedelta

import pytest
import requests
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.gauges import Tables
from sessions.beats import WorkerProcess
from tests.api import basic, room_url
from tests.factories import MemberFactory, RoomFactory, TokenFactory
from tests.live import start_server

TOKEN = "a-token-for-prometheus"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
# Of a load balancer, which names a server by its address and speaks plain HTTP to it.
STRANGER = {"Host": "10.0.0.7:8000"}


@pytest.fixture(scope="module")
def watched(server_env):
    env = {**server_env, "METRICS_TOKEN": TOKEN, "HTTPS": "true", "PROXIES": "1"}
    with start_server(env) as server:
        yield server


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


def samples(text):
    """Return the values of a scrape by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_load_balancer_is_answered_by_address_and_without_https(watched, transactional_db):
    alive = requests.get(watched.url + "/healthz", headers=STRANGER, timeout=30)
    ready = requests.get(watched.url + "/readyz", headers=STRANGER, timeout=30)

    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok"}}


def test_without_a_database_it_is_alive_and_not_ready(away):
    alive = requests.get(away.url + "/healthz", timeout=30)
    ready = requests.get(away.url + "/readyz", timeout=30)
    metrics = requests.get(away.url + "/metrics", headers=SHOWN, timeout=30)

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "checks": {"database": "It does not answer."}}
    assert int(ready.headers["Retry-After"]) > 0
    assert samples(metrics.text)["greenroom_database_up",] == 0


def test_a_migration_that_is_missing_is_told(client, db):
    MigrationRecorder(connection).record_unapplied("rooms", "0001_initial")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "1 not applied: ./run manage migrate"


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_nothing_can_be_written_there(client, path):
    response = client.post(path)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_metrics_are_not_there_unless_asked_for(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}])
def test_who_does_not_show_the_token_reads_no_metrics(watched, sent):
    response = requests.get(watched.url + "/metrics", headers=sent, timeout=30)

    assert response.status_code == 401
    assert "greenroom" not in response.text


def test_requests_are_counted_over_all_worker_processes(watched, transactional_db):
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    sent = {"Authorization": basic(token.project_id, token.secret), "X-Forwarded-Proto": "https"}
    url = watched.url + room_url(room)
    route = "/api/video/rooms/<str:room>"

    def scrape():
        response = requests.get(watched.url + "/metrics", headers=SHOWN, timeout=30)
        return samples(response.text)

    before = scrape()
    # A connection each, so that both worker processes are reached.
    for _ in range(20):
        assert requests.get(url, headers=sent, timeout=30).status_code == 200
    assert requests.put(url, json={"max_members": 0}, headers=sent, timeout=30).status_code == 422
    assert requests.get(watched.url + "/" + "x" * 40, allow_redirects=False, timeout=30).is_redirect
    after = scrape()

    def more(*key):
        key = (key[0], *sorted(key[1:]))
        return after.get(key, 0) - before.get(key, 0)

    assert more("greenroom_requests_total", route, "GET", "200") == 20
    assert more("greenroom_request_seconds_count", route, "GET") == 20
    assert more("greenroom_requests_total", route, "PUT", "422") == 1
    assert more("greenroom_refusals_total", "invalid_parameter") == 1
    assert not [key for key in after if "x" * 40 in str(key)]


def test_tables_tell_what_is_late(db):
    now = timezone.now()
    member = MemberFactory(leave_by=now - timedelta(seconds=90))
    WorkerProcess.objects.create(name="w", beat_at=now - timedelta(seconds=7))

    told = {family.name: family.samples[0].value for family in Tables().collect()}

    assert told["greenroom_database_up"] == 1
    assert told["greenroom_members_inside"] == 1
    assert told["greenroom_members_overdue"] == 1
    assert 90 <= told["greenroom_members_overdue_seconds"] < 150
    assert told["greenroom_workers"] == 1
    assert 7 <= told["greenroom_worker_silent_seconds"] < 60
    assert told["greenroom_sessions_live"] == int(member.session.end_time is None)


def test_a_scrape_needs_as_many_statements_whatever_there_is(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        [*Tables().collect()]


def test_a_token_that_could_be_guessed_stops_the_start(tmp_path):
    with pytest.raises(RuntimeError, match="METRICS_TOKEN: use at least 20 characters"):
        start_server({"METRICS_TOKEN": "short", "GREENROOM_DATA": str(tmp_path)})
