"""Backups as docs/how-to/backup-and-restore.md documents them."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db.backends.sqlite3._functions import register

from tests.support.postgres import DATABASE, ROLE, cluster
from tests.support.server import ROOT, clean, manage

TOLD = (ROOT / "docs/how-to/backup-and-restore.md").read_text(encoding="utf-8")
RESTORED = "postgres://…/restored"
MISSING = "sqlite3 is missing (Debian: apt install sqlite3)."


def told(*beginnings):
    """Return the page's commands that begin with one of these words, in order."""
    lines = re.findall(r"^    (\S.*)$", TOLD, re.MULTILINE)
    return [line for line in lines if line.startswith(beginnings)]


def run(command, folder, env):
    command = command.replace("./run manage", f"{sys.executable} {ROOT / 'manage.py'}")
    subprocess.run(command, shell=True, cwd=folder, env=clean(env), check=True)  # noqa: S602 - as an operator types it


def counts_of(count):
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return {table: count(f"SELECT count(*) FROM {table}") for table in sorted(tables)}  # noqa: S608


def programs(database):
    """Return a folder with a pg_dump and pg_restore of the server's version."""
    if (database.bin / "pg_dump").exists():
        return database.bin
    return Path(shutil.which("pg_dump")).parent


@pytest.mark.of_postgresql
def test_restored_dump_has_every_row(tmp_path):
    commands = told("pg_dump", "createdb", "pg_restore", f"DATABASE_URL={RESTORED}")
    with cluster() as database:
        env = {
            "DATABASE_URL": database.url,
            "GREENROOM_DATA": str(tmp_path),
            "SECRET_KEY": "backup" * 10,
            "PATH": f"{programs(database)}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(database.port),
            "PGUSER": ROLE,
            "PGPASSWORD": database.password,
        }
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "demo")
        restored = database.url.removesuffix(DATABASE) + "restored"

        for command in commands:
            run(command.replace(RESTORED, restored), tmp_path, env)

        found = [_counts_at(url) for url in (database.url, restored)]
    assert len(commands) == 4
    assert found[0] == found[1]
    assert found[0]["rooms_room"] > 0


def _counts_at(url):
    with psycopg.connect(url) as connection:
        return counts_of(lambda query: connection.execute(query).fetchone()[0])


@pytest.mark.own_database
def test_backup_of_a_sqlite_in_use_is_complete(tmp_path):
    if shutil.which("sqlite3") is None:
        pytest.skip(MISSING)
    env = {"GREENROOM_DATA": str(tmp_path), "SECRET_KEY": "backup" * 10}
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "demo")
    (command,) = told("sqlite3")
    with closing(sqlite3.connect(tmp_path / "greenroom.sqlite3", isolation_level=None)) as writer:
        before = counts_of(lambda query: writer.execute(query).fetchone()[0])
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM rooms_roomchange")

        run(command, tmp_path, env)

    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        # Our CHECK constraints need REGEXP, which Django provides.
        register(copy)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert counts_of(lambda query: copy.execute(query).fetchone()[0]) == before
    assert before["rooms_room"] > 0
