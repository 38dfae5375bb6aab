"""What a replica is connected to with."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def replica_of(database: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the settings of the replica at `url`: those of `database`, elsewhere, read-only.

    Raises ImproperlyConfigured.
    """
    if not url.startswith("postgres") or database["ENGINE"] != "config.postgresql":
        raise ImproperlyConfigured(
            "REPLICA_URL is for PostgreSQL: it and DATABASE_URL must start with postgres://."
        )
    found = dj_database_url.parse(url)
    options = {**database["OPTIONS"], **found.get("OPTIONS", {})}
    # A host that vanished without a word is given up on in seconds.
    options["tcp_user_timeout"] = 2000
    # Behind a pgbouncer there are none; a standby takes no writes anyway.
    if "options" in database["OPTIONS"]:
        options["options"] = f"{database['OPTIONS']['options']} -c default_transaction_read_only=on"
    where = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return {**database, **where, "OPTIONS": options, "TEST": {"MIRROR": "default"}}
