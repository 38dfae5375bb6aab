"""Django's settings of the databases: the primary, on PostgreSQL or SQLite, and its replica."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.database_urls import is_postgres_url, read_postgres_url
from config.kept_secrets import make_private_file

# The options that choose among the hosts of one URL.
OF_HOSTS = ("target_session_attrs", "load_balance_hosts", "hostaddr")
# libpq's options that notice a host which vanished: milliseconds until data must be acknowledged,
# and seconds and number of the probes of an unused connection.
LOST_HOST = {
    "tcp_user_timeout": 3000,
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
SESSION_OPTIONS = "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"


def primary_at(url: str, pgbouncer: bool, data_dir: Path) -> dict[str, Any]:
    """Return the settings of the database at `url`; raises ImproperlyConfigured."""
    if is_postgres_url(url):
        return _postgresql(read_postgres_url("DATABASE_URL", url), pgbouncer)
    if url.startswith("sqlite://"):
        return _sqlite(url, data_dir)
    raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite://.")


def _postgresql(found: dict[str, Any], pgbouncer: bool) -> dict[str, Any]:
    options = {
        # If the database is away, a client gets a 503 within seconds for each host, and no
        # queue of hanging requests builds up.
        "connect_timeout": 2,
        **LOST_HOST,
        **found["OPTIONS"],
        # Used by prepared_cursor() alone: see access/database/prepared_queries.py.
        "prepare_threshold": 0,
        "options": _session_options(found),
    }
    if pgbouncer and "options" in found["OPTIONS"]:
        raise ImproperlyConfigured(
            "DATABASE_URL: pgbouncer refuses options=; set them with ALTER ROLE … SET, as"
            " docs/how-to/pgbouncer.md does."
        )
    if pgbouncer:
        # The next transaction runs on another connection, without the prepared statements of
        # this one. The role sets the limits; pgbouncer carries the time zone over.
        options["prepare_threshold"] = None
        del options["options"]
        found["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Each thread keeps its connection.
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    return {**found, **kept, "ENGINE": "access.database.postgresql", "OPTIONS": options}


def _session_options(found: dict[str, Any]) -> str:
    """Return our limits and then the options of the URL, because PostgreSQL takes the last one."""
    return f"{SESSION_OPTIONS} {found['OPTIONS'].get('options', '')}".strip()


def _sqlite(url: str, data_dir: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = {**dj_database_url.parse(url), "CONN_MAX_AGE": None}
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL must look like sqlite:////path.") from None
    if found["NAME"] != ":memory:":
        make_private_file(Path(found["NAME"]))
    options = {
        # A deferred transaction fails at its first write if another one has written; an
        # immediate one waits up to the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode = WAL",
    }
    # The tests need a file, because their live server is another process.
    test = {"NAME": str(data_dir / "test.sqlite3")}
    return {**found, "OPTIONS": options, "TEST": test}


def replica_of(database: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the replica's settings: those of `database`, with the address of `url`, and read-only.

    The replica is PostgreSQL itself, even if `database` is a pgbouncer. Raises
    ImproperlyConfigured.
    """
    if not is_postgres_url(url) or database["ENGINE"] != "access.database.postgresql":
        raise ImproperlyConfigured(
            "REPLICA_URL is for PostgreSQL: it and DATABASE_URL must start with postgres://."
        )
    found = read_postgres_url("REPLICA_URL", url)
    options = {
        **{name: value for name, value in database["OPTIONS"].items() if name not in OF_HOSTS},
        # In milliseconds, until a connection to a host that vanished is given up.
        "tcp_user_timeout": 2000,
        **found["OPTIONS"],
        "prepare_threshold": 0,
        "options": f"{_session_options(found)} -c default_transaction_read_only=on",
    }
    where = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return {**database, **where, "OPTIONS": options, "TEST": {"MIRROR": "default"}}
