"""The real server, as a process of its own that tests reach over a socket."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.support.processes import accepts_connections, end, free_port, wait_until

ROOT = Path(__file__).parent.parent.parent
# What a program needs of its surroundings; the rest would make tests depend on who runs them.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass
class Server:
    """A running server; leave its `with` block, or call stop(), to end it."""

    host: str
    port: int
    process: subprocess.Popen
    log_file: Path

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def log(self):
        """Return all that the server has printed so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        """End the server as an operator would, and return its exit code."""
        # It gives its own processes 15 seconds, and is to be there when these are over.
        code = end(self.process, seconds=30)
        self.log_file.unlink(missing_ok=True)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()


def start_server(env, port=None):
    """Start a server with `env` and nothing of ours, and return it once it takes connections."""
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
    """Run a command of manage.py with `env` and nothing of ours, and return what it printed."""
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
    """Say whether any transaction of the test database waits for a row that another one holds."""
    with connection.cursor() as cursor:
        # Other databases of the cluster are other tests'; who waits holds a lock on a table of its
        # own. What pg_stat_activity says stays the same for the length of a transaction.
        cursor.execute(
            "SELECT count(*) FROM pg_locks waits JOIN pg_locks held USING (pid)"
            " JOIN pg_database ON pg_database.oid = held.database"
            " WHERE NOT waits.granted AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0
