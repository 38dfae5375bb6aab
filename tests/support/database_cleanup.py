"""What a test of committed rows leaves behind is deleted; nothing else is touched.

Django's own way, flush, truncates every table and has migrate's signal fill its own again: that
takes longer than most of the tests do.
"""

import functools

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver

# Written by migrate, and by no test.
KEPT = {"django_content_type", "auth_permission"}


def empty_tables(test_case=None):
    """Delete every row that a test, or a server beside it, has committed."""
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), connection.cursor() as cursor:
        # In any order: foreign keys are asked about when the transaction ends.
        deletions = [f"DELETE FROM {table}" for table in _tables()]  # noqa: S608 - our models'
        if connection.vendor == "postgresql":
            # Who still writes for a test that is over is waited for: their rows go too.
            lock = f"LOCK TABLE {', '.join(_tables())} IN SHARE ROW EXCLUSIVE MODE"
            # All of it on one way there and back.
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
    """Do as tests/support/postgres.py does: nobody misses the rows of a test after a power cut."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
