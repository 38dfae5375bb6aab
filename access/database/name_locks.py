"""Locks on names, such as a project's Idempotency-Key, that last until the transaction ends.

A transaction on SQLite is the only one that writes (BEGIN IMMEDIATE), so it needs no lock.
"""

import hashlib

from django.db import connection


def try_lock(name: str) -> bool:
    """Lock a name; return False if another transaction has it. Needs a transaction."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
        return bool(cursor.fetchone()[0])


def lock(name: str) -> None:
    """Wait until no other transaction has the name, and lock it. Needs a transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
