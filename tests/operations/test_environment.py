"""A wrong environment variable stops the start with one sentence that names it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.environment import VARIABLES
from tests.support.server import clean
from tests.support.start import settings_with

FOLDER = "/dev/null/data"
# Values that cannot be read, for each variable.
WRONG = {
    "GREENROOM_DATA": [FOLDER, "x" * 300],
    "PORT": ["http", "-1", "65536", "1.5", "٣", "9" * 5000],
    "WORKERS": ["0", "two", "9" * 5000],
    "THREADS": ["0", "2 "],
    "BODY_TIMEOUT": ["0", "61"],
    "SEND_TIMEOUT": ["0", "601"],
    "BODY_MEMORY": ["19", "64MB"],
    "CONNECTIONS": ["1", "many"],
    "CONNECTIONS_PER_ADDRESS": ["0", "512"],
    "ROOM_TOKEN_KEYS": ["secret", "a:short", f"a:{'x' * 64},a:{'y' * 64}"],
    "CSRF_TRUSTED_ORIGINS": ["rooms.example.org", "https://", "https://[", "ftp://example.org"],
    "HTTPS": ["yes", "1", "True"],
    "PROXIES": ["-1", "one"],
    "SESSION_IDLE_MINUTES": ["4", "721", "2h"],
    "DEBUG": ["on"],
    "RATE_LIMIT": ["600", "0/min", "600/week", "9" * 5000 + "/min"],
    "IDEMPOTENCY_CALLS": ["0", "many"],
    "IDEMPOTENCY_MEGABYTES": ["0", "32MB"],
    "WEBHOOK_ALLOW": ["10.0.0.1/8", "localhost"],
    "METRICS_TOKEN": ["short", "x" * 19, "with a space in the middle of it"],
    "DATABASE_URL": ["mysql://h/name", "10.0.0.7", "postgres://h", "sqlite://[", "postgres://[/d"],
    "PGBOUNCER": ["maybe"],
    "REPLICA_URL": ["10.0.0.7", "sqlite:///x"],
    "REPLICA_LAG_SECONDS": ["1", "soon"],
    "SESSION_DAYS": ["-1", "36501"],
    "MIGRATION_LOCK_SECONDS": ["0"],
    "MEDIA_SERVER": ["zoom"],
    "MEDIA_JOIN_SECONDS": ["0"],
    "MEDIA_LOOK_SECONDS": ["0"],
    "JANUS_URL": ["janus", "https://[janus/", "https://h:port/"],
    "MIXER": ["1"],
    "RECORDINGS_FORMAT": ["avi"],
    "JANUS_ADMIN_URL": ["127.0.0.1:7088/admin", "ftp://h/"],
}
# Any text of one line is right.
TEXTS = {
    *("HOST", "SECRET_KEY", "ALLOWED_HOSTS"),
    *("JANUS_ADMIN_SECRET", "JANUS_ADMIN_KEY", "JANUS_EVENTS_SECRET", "JANUS_RECORDINGS"),
    "RECORDINGS_FOLDER",
}
PROGRAMS = (("manage.py", "check"), ("-m", "config.server.command"))
PROGRAMS += (("-m", "config.server.supervisor"),)


@pytest.fixture
def start(monkeypatch, tmp_path):
    """Return a function that reads all settings with these environment variables."""

    def start(**variables):
        return settings_with(monkeypatch, tmp_path, **variables)

    return start


def test_each_variable_is_text_or_has_wrong_values():
    assert WRONG.keys() | TEXTS == VARIABLES.keys()
    assert not WRONG.keys() & TEXTS


def test_defaults_are_right(start):
    assert start()["PORT"] == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG.items() for value in values],
    ids=lambda text: text[:20],
)
def test_wrong_value_is_refused_with_the_name_of_the_variable(start, name, value):
    with pytest.raises(ImproperlyConfigured) as refused:
        start(**{name: value})

    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(VARIABLES))
@pytest.mark.parametrize("value", ["caf\udce9", "two\nlines", "bell\x07"])
def test_text_that_no_file_or_socket_accepts_is_refused(start, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name}: use printable UTF-8"):
        start(**{name: value})


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o701])
def test_data_folder_that_others_may_use_is_refused(start, tmp_path, mode):
    tmp_path.chmod(mode)

    with pytest.raises(ImproperlyConfigured, match=r"^GREENROOM_DATA=.*Run: chmod 700 "):
        start()
    assert not list(tmp_path.iterdir())


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_new_folder_and_its_files_are_private_whatever_the_umask(start, tmp_path, open_umask):
    folder = tmp_path / "new" / "data"

    start(GREENROOM_DATA=str(folder))

    made = [folder, *folder.iterdir()]
    assert {path.name for path in made} >= {"data", "greenroom.sqlite3", "secret_key"}
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


def test_database_of_an_older_release_becomes_private(start, tmp_path):
    database = tmp_path / "greenroom.sqlite3"
    database.write_bytes(b"")
    database.chmod(0o644)

    start()

    assert database.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["SECRET_KEY", "ROOM_TOKEN_KEYS"])
def test_secret_that_cannot_be_kept_is_reported(start, tmp_path, name):
    (tmp_path / name.lower()).mkdir()

    with pytest.raises(ImproperlyConfigured, match=f"^{name} cannot be kept in "):
        start()


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_program_ends_with_the_sentence_alone(tmp_path, program):
    ended = subprocess.run(
        [sys.executable, *program],
        cwd=settings.BASE_DIR,
        env=clean({"GREENROOM_DATA": str(tmp_path), "PORT": "http"}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == "PORT=http: use a whole number of at least 0.\n"
