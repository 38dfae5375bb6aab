"""The rivals: a usual Django application, and a service with the same guarantees by hand."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg

from tests.support.processes import accepts_connections, free_port, wait_until
from tests.support.server import ROOT, Server, clean
from tests.tools.bench.contenders import USER, WORKERS, Side, sign_in

STOCK_SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.tools.bench.stock.settings"}
STOCK_COLUMNS = (
    "id, project_id, name, display_name, description, max_members, quality, fps, join_from, "
    "join_until, remove_at, remove_after_seconds_elapsed, layout, record_on_start, "
    "enable_room_previews, audio_video_sync, created_at, updated_at, meta"
)


@contextlib.contextmanager
def stock(greenroom):
    """Yield the usual Django application as a Side: in Greenroom's database, with its own table."""
    env = {"DATABASE_URL": greenroom.url, **STOCK_SETTINGS}
    run_python(env, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0")
    token = _fill(greenroom.url)
    command = ("-m", "gunicorn", "--workers", str(WORKERS), "--bind", "127.0.0.1:{port}")
    with serving(env, *command, "tests.tools.bench.stock.wsgi") as server:
        api, pages = {"Authorization": f"Token {token}"}, {"Cookie": sign_in(server)}
        yield Side(
            "stock", server, greenroom.rows, api, pages, is_versioned=False, url=greenroom.url
        )


@contextlib.contextmanager
def by_hand(greenroom):
    """Yield the service by hand as a Side: on Greenroom's tables, with the same tokens."""
    command = ("-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--http", "1", "--no-ws")
    command += ("--workers", str(WORKERS), "--port", "{port}", "--log-level", "warning")
    command += ("--workers-kill-timeout", "3")
    app = "tests.tools.bench.by_hand.app:app"
    with serving({"DATABASE_URL": greenroom.url}, *command, app) as server:
        yield replace(greenroom, name="by hand", server=server)


@contextlib.contextmanager
def serving(env, *command):
    """Run a server until the block ends; {port} in its arguments is replaced by a free port."""
    port = free_port()
    arguments = [part.format(port=port) for part in command]
    descriptor, path = tempfile.mkstemp(prefix="greenroom-rival-", suffix=".log")
    with open(descriptor, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=clean(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own process group, so that all its processes can be killed together.
            start_new_session=True,
        )
    try:
        with Server("127.0.0.1", port, process, Path(path)) as server:
            wait_until(lambda: accepts_connections(port), 60, process, server.log_file)
            yield server
    finally:
        # A hanging worker can outlive its parent.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _fill(url):
    """Copy the rooms into the stock table, create a token for the user and return it."""
    token = secrets.token_hex(20)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO stock_room ({STOCK_COLUMNS}) SELECT"  # noqa: S608 - only constant names
            f" {STOCK_COLUMNS.removesuffix('meta')} meta::jsonb FROM rooms_room"
        )
        connection.execute(
            "INSERT INTO authtoken_token (key, created, user_id)"
            " SELECT %s, now(), id FROM auth_user WHERE username = %s",
            (token, USER),
        )
        connection.execute(
            "INSERT INTO auth_user_user_permissions (user_id, permission_id)"
            " SELECT person.id, permission.id FROM auth_user person, auth_permission permission"
            " JOIN django_content_type kind ON kind.id = permission.content_type_id"
            " WHERE person.username = %s AND kind.app_label = 'stock'",
            (USER,),
        )
        connection.execute("VACUUM ANALYZE stock_room")
    return token


def run_python(env, *arguments):
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=clean(env), check=True)
