"""The real server in another process, which tests reach through a socket."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.support.processes import accepts_connections, end, free_port, wait_until

ROOT = Path(__file__).parent.parent.parent
# The variables a program needs; others would make tests depend on the environment.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass
class Server:
    """A running server; leaving its `with` block, or stop(), ends it."""

    host: str
    port: int
    process: subprocess.Popen
    log_file: Path

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def log(self):
        """Return the server's output so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        """Stop the server with SIGTERM, and return its exit code."""
        # The server gives its processes 15 seconds and ends after them.
        code = end(self.process, seconds=30)
        self.log_file.unlink(missing_ok=True)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()


def start_server(env, port=None):
    """Start a server with only `env`, and return it once it accepts connections."""
    port = port or free_port()
    descriptor, path = tempfile.mkstemp(prefix="greenroom-server-", suffix=".log")
    with open(descriptor, "wb") as log:
        process = _spawn({"HOST": "127.0.0.1", "PORT": str(port), **env}, log)
    server = Server("127.0.0.1", port, process, Path(path))
    try:
        wait_until(lambda: accepts_connections(port), 30, process, server.log_file)
    except BaseException:
        server.stop()
        raise
    return server


def manage(env, *arguments):
    """Run a command of manage.py with only `env`, and return its output."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _spawn(env, log):
    return subprocess.Popen(
        [sys.executable, "-m", "config.server.command"],
        cwd=ROOT,
        env=clean(env),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def clean(env):
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "PYTHONUNBUFFERED": "1", **env}


def somebody_waits():
    """Return whether a transaction in the test database waits for a row lock."""
    with connection.cursor() as cursor:
        # Other databases belong to other tests. pg_stat_activity is no alternative, because it does
        # not change during a transaction.
        cursor.execute(
            "SELECT count(*) FROM pg_locks waits JOIN pg_locks held USING (pid)"
            " JOIN pg_database ON pg_database.oid = held.database"
            " WHERE NOT waits.granted AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def spawn(env, *arguments, **options):
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=clean(env), **options)
