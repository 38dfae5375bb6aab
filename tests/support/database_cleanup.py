"""Deletes the rows that a test has committed.

Django's flush truncates every table and sends migrate's signal again, which takes longer than most
tests.
"""

import functools

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver

# migrate writes these tables; no test does.
KEPT = {"django_content_type", "auth_permission"}


def empty_tables(test_case=None):
    """Delete every row that a test, or a server beside it, has committed."""
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), connection.cursor() as cursor:
        # Any order works, because foreign keys are checked when the transaction ends.
        deletions = [f"DELETE FROM {table}" for table in _tables()]  # noqa: S608 - our own models
        if connection.vendor == "postgresql":
            # The lock waits for transactions of the finished test, so that their rows are deleted
            # too.
            lock = f"LOCK TABLE {', '.join(_tables())} IN SHARE ROW EXCLUSIVE MODE"
            # One round trip for all statements.
            cursor.execute(";".join([lock, *deletions]))
        else:
            for deletion in deletions:
                cursor.execute(deletion)


@functools.cache
def _tables():
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed}
    return [connection.ops.quote_name(name) for name in sorted(names - KEPT)]


@receiver(connection_created)
def _hurry(connection, **_):
    """Turn off fsync, as tests/support/postgres.py does: test data need not survive a power cut."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
