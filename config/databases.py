"""Django's settings of the databases: the primary, on PostgreSQL or SQLite, and its replica."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SESSION_OPTIONS = "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"


def primary_at(url: str, pgbouncer: bool, data_dir: Path) -> dict[str, Any]:
    """Return the settings of the database at `url`; raises ImproperlyConfigured."""
    found: dict[str, Any] = {**dj_database_url.parse(url)}
    # Each thread keeps its connection.
    found["CONN_MAX_AGE"] = None
    if found["ENGINE"].endswith("postgresql"):
        return _postgresql(found, pgbouncer)
    if found["ENGINE"].endswith("sqlite3"):
        return _sqlite(found, data_dir)
    raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite://.")


def _postgresql(found: dict[str, Any], pgbouncer: bool) -> dict[str, Any]:
    options = {
        **found.get("OPTIONS", {}),
        # If the database is away, a client gets a 503 within seconds, and no queue of
        # hanging requests builds up.
        "connect_timeout": 2,
        # Used by prepared_cursor() alone: see access/database/prepared_queries.py.
        "prepare_threshold": 0,
        "options": SESSION_OPTIONS,
    }
    if pgbouncer:
        # The next transaction runs on another connection, without the prepared statements of
        # this one. The role sets the limits; pgbouncer carries the time zone over.
        options["prepare_threshold"] = None
        del options["options"]
        found["DISABLE_SERVER_SIDE_CURSORS"] = True
    engine = "access.database.postgresql"
    return {**found, "ENGINE": engine, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _sqlite(found: dict[str, Any], data_dir: Path) -> dict[str, Any]:
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
    if not url.startswith("postgres") or database["ENGINE"] != "access.database.postgresql":
        raise ImproperlyConfigured(
            "REPLICA_URL is for PostgreSQL: it and DATABASE_URL must start with postgres://."
        )
    found = dj_database_url.parse(url)
    options = {
        **database["OPTIONS"],
        **found.get("OPTIONS", {}),
        "prepare_threshold": 0,
        "options": f"{SESSION_OPTIONS} -c default_transaction_read_only=on",
        # In milliseconds, until a connection to a host that vanished is given up.
        "tcp_user_timeout": 2000,
    }
    where = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return {**database, **where, "OPTIONS": options, "TEST": {"MIRROR": "default"}}
