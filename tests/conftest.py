"""Fixtures for every test, among them the live server, and the rules of a test run."""

import gc
import os

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from hypothesis import settings as hypothesis_settings

from tests.factories import ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import client_of
from tests.support.browser import browser, open_page, page  # noqa: F401  (fixtures)
from tests.support.database_cleanup import empty_tables
from tests.support.janus import client_origin, janus, running_janus  # noqa: F401  (fixtures)
from tests.support.middleware import share_middleware
from tests.support.replica_fixtures import held, replica_env, world  # noqa: F401  (fixtures)
from tests.support.server import start_server
from tests.support.video_calls import enter  # noqa: F401  (a fixture)

# The same examples in each run, so that a failure can be repeated.
hypothesis_settings.register_profile("greenroom", derandomize=True, deadline=None)
hypothesis_settings.load_profile("greenroom")


# Four patches of Django, each with the CPU seconds that it saved in some tests.

# 23 of 46 s in tests/contract/test_bad_inputs.py: Django's flush takes longer than most tests.
TransactionTestCase._fixture_teardown = empty_tables
# 2.5 of 19 s in 120 tests with committed rows on PostgreSQL: opening a connection takes 5 ms.
TransactionTestCase._should_reload_connections = lambda _: False
# 6 of 20 s in the 138 tests of the room page and of bulk edits (tests/support/middleware.py).
ClientHandler.load_middleware = share_middleware
# 8 of 27 s in the 51 tests of accounts, drafts, the demo and framing: they hash passwords.
PBKDF2PasswordHasher.iterations = 1


def pytest_report_header():
    return f"database: {connection.vendor}"


def pytest_sessionstart(session):
    """Collect the static files once for all test processes: pages refer to them by hash."""
    is_worker = hasattr(session.config, "workerinput")
    if not (is_worker or _static_files_are_current()):
        call_command("collectstatic", interactive=False, verbosity=0)


def _static_files_are_current():
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    sources = settings.BASE_DIR.glob("*/static/**/*")
    return manifest.exists() and all(
        source.stat().st_mtime <= manifest.stat().st_mtime for source in sources
    )


def pytest_collection_finish():
    """Let the garbage collector skip what lives until the end: 3% of the time of page tests."""
    gc.freeze()


def pytest_collection_modifyitems(config, items):
    """Put long tests first, and leave out the tests that the other half of the run does."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    mark = "own_database" if connection.vendor == "postgresql" else "of_postgresql"
    elsewhere = [item for item in items if item.get_closest_marker(mark)]
    # If only such tests were chosen, they run in this half too.
    by_themselves = mark == "own_database" and len(elsewhere) == len(items)
    if elsewhere and not by_themselves:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _forbid_skip(report):
    """Turn a skip into a failure if GREENROOM_NO_SKIPS=1, because a skipped test proves nothing."""
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and os.environ.get("GREENROOM_NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"Skipped, and GREENROOM_NO_SKIPS=1: {report.longrepr[-1]}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport():
    return _forbid_skip((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report():
    return _forbid_skip((yield))


def database_url():
    """Return the URL of the database that this test process is using."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(database)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database; servers that are still stopping are disconnected before it is dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def server_env(django_db_setup):
    """The environment of a production server on the test database."""
    return {
        "DATABASE_URL": database_url(),
        "PGBOUNCER": str(settings.PGBOUNCER).lower(),
        "GREENROOM_DATA": str(settings.DATA_DIR),
        # The same key, so that tests can verify the server's signatures.
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DEBUG": "false",
        "HTTPS": "false",
        # Two of each, so that processes and threads run concurrently, and PostgreSQL has
        # connections left for the other tests.
        "WORKERS": "2",
        "THREADS": "2",
        "BODY_TIMEOUT": "2",
    }


@pytest.fixture(scope="session")
def greenroom_server(server_env):
    """One live server for all tests of this process."""
    with start_server(server_env) as server:
        yield server


@pytest.fixture(scope="session")
def fronts(greenroom_server, server_env):
    """The URLs of servers for concurrency tests.

    PostgreSQL has two servers that share only the database, as on two machines; SQLite has one.
    """
    if connection.vendor != "postgresql":
        yield [greenroom_server.url]
        return
    with start_server({**server_env, "WORKERS": "1"}) as other:
        yield [greenroom_server.url, other.url]


@pytest.fixture
def greenroom(greenroom_server, transactional_db):
    """The live server, in a test with committed rows that the server can see."""
    return greenroom_server


@pytest.fixture
def project(db):
    return ProjectFactory()


@pytest.fixture
def room(project):
    return RoomFactory(project=project)


@pytest.fixture
def token(project):
    return TokenFactory(project=project)


@pytest.fixture
def api(token):
    """An API client of `project`, with a token that has the scope video."""
    return client_of(token)


@pytest.fixture
def client_for(project):
    """Return a client with a token of `project`, or of the given project."""

    def make(**token_fields):
        return client_of(TokenFactory(**{"project": project, **token_fields}))

    return make
