"""The endpoint for Prometheus: /metrics."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import psycopg
import pytest
import requests
from django.conf import settings as settings_of_ours
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from access.credentials.hashing import hashing_slot
from access.http.body_limits import ARRIVED
from access.staff.views import SignIn
from config.monitoring.counters import REGISTRY
from config.monitoring.gauges import DatabaseGauges
from config.monitoring.middleware import CountingMiddleware
from rooms.changes import change_room
from rooms.models import Room
from sessions.media.recordings import queue_composition
from sessions.models import MediaRoom
from sessions.models.worker_process import WorkerKind, WorkerProcess
from tests.conftest import database_url
from tests.factories import (
    TESTS,
    MemberFactory,
    RecordingFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
)
from tests.support.api import basic, room_url
from tests.support.metrics import SHOWN, TOKEN, samples
from tests.support.processes import eventually
from tests.support.server import somebody_waits, start_server


def scraped(server):
    return samples(requests.get(server.url + "/metrics", headers=SHOWN, timeout=30).text)


def test_metrics_are_off_by_default(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}])
def test_metrics_need_the_token(watched, sent):
    response = requests.get(watched.url + "/metrics", headers=sent, timeout=30)

    assert response.status_code == 401
    assert "greenroom" not in response.text


def test_requests_are_counted_over_all_worker_processes(watched, transactional_db):
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    sent = {"Authorization": basic(token.project_id, token.secret), "X-Forwarded-Proto": "https"}
    url = watched.url + room_url(room)
    route = "/api/video/rooms/<str:room>"

    before = scraped(watched)
    # A new connection each time, so that both worker processes are reached.
    for _ in range(20):
        assert requests.get(url, headers=sent, timeout=30).status_code == 200
    assert requests.put(url, json={"max_members": 0}, headers=sent, timeout=30).status_code == 422
    assert requests.get(watched.url + "/" + "x" * 40, allow_redirects=False, timeout=30).is_redirect
    after = scraped(watched)

    def more(*key):
        key = (key[0], *sorted(key[1:]))
        return after.get(key, 0) - before.get(key, 0)

    assert more("greenroom_requests_total", route, "GET", "200") == 20
    assert more("greenroom_request_seconds_count", route, "GET") == 20
    assert more("greenroom_requests_total", route, "PUT", "422") == 1
    assert more("greenroom_refusals_total", "invalid_parameter") == 1
    assert not [key for key in after if "x" * 40 in str(key)]


def test_disk_space_for_the_counters_is_reserved(watched):
    folder = settings_of_ours.DATA_DIR / "metrics" / str(watched.port)

    eventually(lambda: len([*folder.glob("histogram_*.db")]) == 2)

    eventually(
        lambda: all(
            file.stat().st_blocks * 512 >= file.stat().st_size for file in folder.glob("*.db")
        )
    )


def test_gauges_report_overdue_work(db):
    now = timezone.now()
    member = MemberFactory(leave_by=now - timedelta(seconds=90))
    empty = SessionFactory(empty_since=now - timedelta(seconds=60))
    MediaRoom.objects.create(session=member.session, look_at=now - timedelta(seconds=40))
    WorkerProcess.objects.create(name="w", beat_at=now - timedelta(seconds=7))

    told = {family.name: family.samples[0].value for family in DatabaseGauges().collect()}

    assert told["greenroom_database_up"] == 1
    assert told["greenroom_members_inside"] == 1
    assert told["greenroom_members_overdue"] == 1
    assert 90 <= told["greenroom_members_overdue_seconds"] < 150
    assert told["greenroom_workers"] == 1
    assert 7 <= told["greenroom_worker_silent_seconds"] < 60
    assert 30 <= told["greenroom_sessions_empty_late_seconds"] < 90
    assert 40 <= told["greenroom_media_late_seconds"] < 100
    assert told["greenroom_sessions_live"] == sum(
        session.end_time is None for session in (member.session, empty)
    )


@pytest.mark.of_postgresql
def test_long_transactions_are_reported(transactional_db):
    with psycopg.connect(database_url()) as other:
        (began,) = other.execute("SELECT extract(epoch FROM now())::float").fetchone()
        least = time.time() - began

        told = {family.name: family.samples[0].value for family in DatabaseGauges().collect()}

    oldest = told["greenroom_database_oldest_transaction_seconds"]
    assert least <= oldest <= time.time() - began + 60


@pytest.mark.of_postgresql
def test_change_that_waited_for_a_lock_is_counted(watched, transactional_db):
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    sent = {"Authorization": basic(token.project_id, token.secret), "X-Forwarded-Proto": "https"}
    second_ways = "greenroom_changes_second_way_total"
    before = scraped(watched)[second_ways,]

    def put():
        url = watched.url + room_url(room)
        return requests.put(url, json={"max_members": 7}, headers=sent, timeout=30)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        edit = {"quality": "1080p"}
        change_room(Room.objects.all(), room.pk, lambda _: edit, by=TESTS)
        answer = pool.submit(put)
        eventually(somebody_waits)

    assert answer.result().json()["max_members"] == 7
    assert answer.result().headers["ETag"] == '"3"'
    assert scraped(watched)[second_ways,] == before + 1


@pytest.mark.parametrize(
    ("sent", "result"),
    [({"username": "a", "password": "wrong"}, "refused"), ({"slots": 2}, "busy")],
)
def test_passwords_are_counted_by_result(rf, settings, db, sent, result):
    settings.METRICS_TOKEN = TOKEN
    counted = "greenroom_sign_ins_total", {"result": result}
    before = REGISTRY.get_sample_value(*counted) or 0
    request = rf.post("/sign-in", sent)
    # As Django's test client does.
    request._dont_enforce_csrf_checks = True

    with ExitStack() as taken:
        for _ in range(sent.get("slots", 0)):
            taken.enter_context(hashing_slot({}))
        CountingMiddleware(SignIn.as_view())(request)

    assert REGISTRY.get_sample_value(*counted) == before + 1


def test_waiting_time_for_a_thread_is_included(rf, settings):
    settings.METRICS_TOKEN = TOKEN
    took = {"route": "none", "method": "GET"}
    before = REGISTRY.get_sample_value("greenroom_request_seconds_sum", took) or 0

    CountingMiddleware(lambda request: HttpResponse())(
        rf.get("/", **{ARRIVED: time.perf_counter() - 100})
    )

    assert REGISTRY.get_sample_value("greenroom_request_seconds_sum", took) - before >= 100


def test_gauges_report_films(db, settings, tmp_path):
    settings.MIXER, settings.RECORDINGS_FOLDER = True, str(tmp_path)
    now = timezone.now()
    recording = RecordingFactory()
    for state, late in (("queued", 90), ("composing", -30), ("failed", 500), ("ready", 900)):
        film = queue_composition(recording, recording.session)
        film.state, film.locked_until = state, now - timedelta(seconds=late)
        film.save()
    WorkerProcess.objects.create(name="m", kind=WorkerKind.MIXER, beat_at=now)

    told = {family.name: family.samples[0].value for family in DatabaseGauges().collect()}

    assert told["greenroom_mixers"] == 1
    assert told["greenroom_workers"] == 0
    assert told["greenroom_compositions_waiting"] == 2
    assert 90 <= told["greenroom_compositions_late_seconds"] < 150
    assert told["greenroom_compositions_failed"] == 1
    assert told["greenroom_recordings_free_bytes"] > 0


def test_folder_of_films_that_this_server_does_not_see_has_no_gauge(db, settings):
    settings.MIXER, settings.RECORDINGS_FOLDER = True, "/nowhere/films"

    names = {family.name for family in DatabaseGauges().collect()}

    assert "greenroom_compositions_waiting" in names
    assert "greenroom_recordings_free_bytes" not in names


def test_number_of_queries_of_a_scrape_is_limited(db, settings, django_assert_max_num_queries):
    settings.MIXER = True
    with django_assert_max_num_queries(22):
        [*DatabaseGauges().collect()]


def test_guessable_metrics_token_stops_the_start(tmp_path):
    with pytest.raises(RuntimeError, match="METRICS_TOKEN: use at least 20 characters"):
        start_server({"METRICS_TOKEN": "short", "GREENROOM_DATA": str(tmp_path)})
