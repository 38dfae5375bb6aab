"""A PostgreSQL server for the time of the tests: it needs no set-up and leaves no files.

Run as a program, it provides a database to another program:

    python -m tests.support.postgres python -m pytest
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from subprocess import DEVNULL

import psycopg

from tests.support.lending import clean_up_when_told_to_end, lend
from tests.support.postgres_programs import binaries, home, locale, own, reachable, server_user
from tests.support.processes import end, free_port, tail, wait_until

ROLE = DATABASE = "greenroom"

# Test data need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def cluster(durable=False, extension=""):
    """Yield a running Cluster; stop it and remove its files afterwards.

    `durable` keeps production's fsync, for measurements. A PostgreSQL with `extension` is
    preferred; the wheel's has none.
    """
    with home() as folder:
        database = Cluster(folder, {} if durable else FAST, extension)
        try:
            database.create()
            yield database
        finally:
            database.stop()


class Cluster:
    """A PostgreSQL server on its own port, which tests can stop and start."""

    def __init__(self, home, settings, extension=""):
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.bin = reachable(binaries(extension), home)
        self.port = free_port()
        self.settings = settings
        self.process = None
        self.password = secrets.token_hex(16)

    @property
    def url(self):
        return self._url(DATABASE)

    def url_at(self, port):
        """Return the URL of a proxy in front of this server, at the given port."""
        return self._url(DATABASE, port)

    def _url(self, database, port=None):
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{port or self.port}/{database}"

    def create(self):
        self._initialise()
        self.start()
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")

    def copy(self, name):
        """Create a copy of the first database and return its URL."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")
        return self._url(name)

    def start(self):
        """Start the server and return when it accepts queries."""
        self.process = self.spawn(
            "postgres", "-D", self.data, "-p", str(self.port), *self._options()
        )
        wait_until(self._is_ready, 60, self.process, self.log)

    def stop(self):
        """Stop the server and disconnect all clients."""
        if self.process is not None:
            # SIGINT does not wait for clients; SIGQUIT, unlike SIGKILL, leaves no process behind.
            end(self.process, polite=signal.SIGINT, seconds=30, firm=signal.SIGQUIT)

    def restart(self):
        self.stop()
        self.start()

    @contextlib.contextmanager
    def frozen(self):
        """Freeze the processes during this block, as a stalled disk does."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number):
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], stdout=subprocess.PIPE, text=True, check=True
        )
        for process in (self.process.pid, *map(int, children.stdout.split())):
            os.kill(process, number)

    def _initialise(self):
        password_file = self.home / "password"
        password_file.write_text(self.password)
        own(password_file)
        self.process = self.spawn(
            *("initdb", "-D", self.data, "-U", ROLE, "--pwfile", password_file),
            *("-A", "scram-sha-256", "-E", "UTF8", f"--locale={locale()}", "--no-sync"),
        )
        if self.process.wait():
            raise RuntimeError(f"initdb failed:\n{tail(self.log)}")

    def _options(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            # No socket file, because its path could exceed the system's limit.
            "unix_socket_directories": "",
            "max_connections": "200",
            **self.settings,
        }
        return [f"--{name}={value}" for name, value in settings.items()]

    def _is_ready(self):
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def spawn(self, program, *arguments):
        """Start a PostgreSQL program, by name or path, as the user of the server."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.bin / program, *arguments],
                cwd=self.home,
                # TZ saves initdb the search through every time zone.
                env={"PATH": os.defpath, "TZ": "UTC"},
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                # Not in the terminal's process group, so that the tests can clean up after Ctrl-C.
                start_new_session=True,
                **server_user(),
            )


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Usage: python -m tests.support.postgres COMMAND [ARGUMENT…]")
    clean_up_when_told_to_end()
    with cluster() as database:
        sys.exit(lend(sys.argv[1:], {"DATABASE_URL": database.url}))
