"""The database goes away and comes back while the server keeps running."""

import sqlite3
import time
from contextlib import closing

import pytest
from django.conf import settings

from tests.support.database_away import Caller, says_away
from tests.support.postgres import cluster
from tests.support.server import manage, start_server

pytestmark = pytest.mark.own_database

# Longer than the connection pool's own pauses, which double each time.
CALLS_MEANWHILE = 4


def timed(act, *arguments):
    start = time.monotonic()
    return act(*arguments), time.monotonic() - start


@pytest.fixture(scope="module")
def database():
    with cluster() as database:
        yield database


@pytest.fixture(scope="module")
def env(database):
    env = {
        "DATABASE_URL": database.url,
        "GREENROOM_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": "away" * 16,
        "WORKERS": "1",
        "THREADS": "2",
    }
    manage(env, "migrate", "--verbosity", "0")
    return env


@pytest.fixture(scope="module")
def caller(env):
    with start_server(env) as server:
        yield Caller(server, env)


def test_requests_get_503_with_retry_after_and_then_succeed(database, caller):
    assert caller.put(5).status == 200
    database.stop()
    try:
        for number in range(CALLS_MEANWHILE):
            answer, seconds = timed(caller.put, number) if number % 2 else timed(caller.get)
            assert says_away(answer)
            assert answer.json()["error"] == "Service Unavailable"
            assert seconds < 4
    finally:
        database.start()

    answers = [caller.put(7) for _ in range(3)]

    assert answers[-1].status == 200
    assert {answer.status for answer in answers} <= {200, 503}
    assert caller.get().json()["max_members"] == 7


def test_closed_connections_cause_no_failed_request(database, caller):
    assert caller.put(5).status == 200
    database.restart()

    assert [caller.put(number).status for number in (8, 9)] == [200, 200]


def test_pages_report_the_missing_database_too(database, caller):
    assert caller.page("/admin/").status == 302
    database.stop()
    try:
        answers = [caller.page(path) for path in ("/admin/", "/admin/login/", "/admin/jsi18n/")]
    finally:
        database.start()

    assert says_away(answers[0])
    assert answers[0].headers["content-type"] == "text/html; charset=utf-8"
    assert b"The database does not answer" in answers[0].body
    assert 500 not in [answer.status for answer in answers]


def test_locked_sqlite_is_answered_with_retry_after(tmp_path):
    env = {
        "GREENROOM_DATA": str(tmp_path),
        "SECRET_KEY": "away" * 16,
        "WORKERS": "1",
        "THREADS": "2",
    }
    manage(env, "migrate", "--verbosity", "0")
    with start_server(env) as server:
        caller = Caller(server, env)
        with closing(
            sqlite3.connect(tmp_path / "greenroom.sqlite3", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = caller.put(5)
            read = caller.get()

        assert says_away(refused)
        assert read.json()["max_members"] == 20
        assert caller.put(5).status == 200
