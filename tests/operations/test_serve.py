"""`./run` in a new folder: it migrates, makes a demo unless it is production, and serves."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

from tests.support.processes import accepts_connections, end, free_port, wait_until
from tests.support.server import clean

pytestmark = pytest.mark.own_database


@contextmanager
def started(tmp_path, **variables):
    """Yield the output of ./run when its server accepts connections."""
    port, log = free_port(), tmp_path / "log"
    # Collecting the static files again would take ten seconds.
    (tmp_path / "static").symlink_to(settings.STATIC_ROOT)
    env = clean({"GREENROOM_DATA": str(tmp_path), "PORT": str(port), **variables})
    with log.open("wb") as output:
        process = subprocess.Popen(
            [settings.BASE_DIR / "run"], env=env, stdout=output, stderr=subprocess.STDOUT, umask=0
        )
    try:
        wait_until(lambda: accepts_connections(port), 60, process, log)
        yield log.read_text()
    finally:
        end(process, seconds=30)


def test_printed_curl_of_the_demo_changes_a_room(tmp_path):
    with started(tmp_path) as printed:
        _call(printed)


def test_production_has_no_demo_and_a_private_database(tmp_path):
    database = tmp_path / "rooms.sqlite3"
    with started(tmp_path, DATABASE_URL=f"sqlite:///{database}") as printed:
        counts = [_count(database, name) for name in ("access_project", "auth_user", "rooms_room")]
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("rooms.*")}

    assert counts == [0, 0, 0]
    assert "./run manage createsuperuser" in printed
    assert set(modes.values()) == {0}


def _count(database, table):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def _call(printed):
    curl = re.search(r"^ +(curl -X PUT(?:.*\\\n)*.*)$", printed, re.MULTILINE)[1]

    answer = subprocess.run(["bash", "-c", curl], stdout=subprocess.PIPE, check=True).stdout

    room = json.loads(answer)
    assert room["max_members"] == 25
    assert room["name"] == "ward-3-family"
