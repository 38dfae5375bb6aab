"""Locks on names, such as a project's Idempotency-Key, that last until the transaction ends."""

import hashlib

from django.db import connection


def try_lock(name: str) -> bool:
    """Lock a name; return False if another transaction has it. Needs a transaction.

    A transaction on SQLite is the only one that writes (BEGIN IMMEDIATE), so it needs no lock.
    """
    if connection.vendor != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
