"""Migrations on a database in use: they stop rather than block requests for long."""

import subprocess

import psycopg
import pytest
from django.conf import settings as ours
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.postgres import cluster
from tests.support.server import manage

BEFORE = ("rooms", "0001")


@pytest.fixture(scope="module")
def database():
    with cluster() as database:
        yield database


@pytest.fixture
def env(database):
    env = {
        "DATABASE_URL": database.url,
        "GREENROOM_DATA": str(ours.DATA_DIR),
        "SECRET_KEY": "migrate" * 10,
        "MIGRATION_LOCK_SECONDS": "1",
    }
    manage(env, "migrate", *BEFORE, "--verbosity", "0")
    return env


@pytest.mark.own_database
def test_migrate_gives_up_behind_a_long_transaction_and_can_be_repeated(database, env):
    with psycopg.connect(database.url) as writer, psycopg.connect(database.url) as other:
        writer.execute("LOCK TABLE rooms_room IN ROW EXCLUSIVE MODE")
        with pytest.raises(subprocess.CalledProcessError):
            manage(env, "migrate", "rooms", "--verbosity", "0")

        # No statement waits behind a migration that has given up.
        other.execute("SET lock_timeout = '100ms'")
        other.execute("LOCK TABLE rooms_room IN ROW EXCLUSIVE MODE")

    assert "[ ]" in manage(env, "showmigrations")
    manage(env, "migrate", "--verbosity", "0")
    assert "[ ]" not in manage(env, "showmigrations")


@pytest.mark.of_postgresql
def test_request_timeouts_apply_again_after_a_migration(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("5s", "30s")


@pytest.mark.of_postgresql
def test_migrate_sets_no_timeouts_behind_pgbouncer(db, settings):
    def limits():
        with CaptureQueriesContext(connection) as asked:
            call_command("migrate", verbosity=0)
        return [query["sql"] for query in asked if "timeout" in query["sql"]]

    settings.PGBOUNCER = False
    assert len(limits()) == 4
    settings.PGBOUNCER = True
    assert limits() == []
