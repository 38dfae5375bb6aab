"""Who is compared: ours, the tutorial's way, the same by hand; each on a copy of the same rows."""

import contextlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench.contenders import WORKERS, basic, environment, prepare
from tests.bench.rows import Rows, load
from tests.live import ROOT, clean, start_server
from tests.processes import accepts_connections, end, free_port, wait_until

# The tutorial's token, for whoever was signed up for the bench.
STOCK_TOKEN = "0123456789abcdef0123456789abcdef01234567"
SIGN_UP = f"""
import tests.bench.stock
from django.core.management import call_command
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
call_command("migrate", "authtoken", verbosity=0)
Token.objects.create(user=User.objects.first(), key="{STOCK_TOKEN}")
"""


@dataclass
class Rival:
    """A server that runs on its own copy of the rows, and the headers that it takes."""

    name: str
    host: str
    port: int
    pid: int
    rows: Rows
    headers: tuple[tuple[str, str], ...]
    url: str


@contextlib.contextmanager
def rivals(cluster, rooms):
    """Yield ours, stock and by hand, in this order."""
    with contextlib.ExitStack() as up:
        env = environment(up.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-bench-")))
        secret = prepare({**env, "DATABASE_URL": cluster.url})
        rows = load(cluster.url, rooms)
        urls = {name: cluster.copy(name) for name in ("ours", "stock", "by_hand", "floor")}
        for url in urls.values():
            _settle(url)
        token = (("Authorization", basic(secret)["Authorization"]),)
        server = up.enter_context(start_server({**env, "DATABASE_URL": urls["ours"]}))
        yield (
            Rival("ours", server.host, server.port, server.process.pid, rows, token, urls["ours"]),
            up.enter_context(_stock(urls["stock"], rows)),
            up.enter_context(_by_hand(urls["by_hand"], rows, token)),
            urls["floor"],
        )


@contextlib.contextmanager
def _stock(url, rows):
    run = [sys.executable, "-c", SIGN_UP]
    subprocess.run(run, cwd=ROOT, env=clean({"DATABASE_URL": url}), check=True)
    port = free_port()
    command = ["gunicorn", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "warning", "tests.bench.stock"]
    with _serving(command, url, port) as pid:
        headers = (("Authorization", f"Token {STOCK_TOKEN}"),)
        yield Rival("stock", "127.0.0.1", port, pid, rows, headers, url)


@contextlib.contextmanager
def _by_hand(url, rows, token):
    port = free_port()
    command = ["uvicorn", "tests.bench.by_hand:app", "--workers", str(WORKERS)]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    with _serving(command, url, port) as pid:
        yield Rival("by hand", "127.0.0.1", port, pid, rows, token, url)


@contextlib.contextmanager
def _serving(command, url, port):
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=clean({"DATABASE_URL": url, "PATH": os.environ["PATH"]}),
                stdout=said,
                stderr=said,
            )
        try:
            wait_until(lambda: accepts_connections(port), 30, process, log)
            yield process.pid
        finally:
            end(process)


def _settle(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
