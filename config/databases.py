"""What PostgreSQL is asked for as we connect."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

PATIENCE = "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"


def replica_of(database: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the settings of the replica at `url`: those of `database`, elsewhere, read-only.

    It is PostgreSQL itself, also where `database` is a pgbouncer. Raises ImproperlyConfigured.
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
        "options": f"{PATIENCE} -c default_transaction_read_only=on",
        # Milliseconds until a host that vanished without a word is given up on.
        "tcp_user_timeout": 2000,
    }
    where = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return {**database, **where, "OPTIONS": options, "TEST": {"MIRROR": "default"}}
