"""What a test of committed rows leaves behind is deleted; nothing else is touched.

Django's own way, flush, truncates every table and has migrate's signal fill its own again: that
takes longer than most of the tests do.
"""

import functools

from django.apps import apps
from django.db import connection, transaction

# Written by migrate, and by no test.
KEPT = {"django_content_type", "auth_permission"}


def empty_tables(test_case=None):
    """Delete every row that a test, or a server beside it, has committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Who still writes for a test that is over is waited for: their rows go too.
            cursor.execute(f"LOCK TABLE {', '.join(_tables())} IN SHARE ROW EXCLUSIVE MODE")
        # In any order: foreign keys are asked about when the transaction ends.
        for table in _tables():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our models' names


@functools.cache
def _tables():
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed}
    return [connection.ops.quote_name(name) for name in sorted(names - KEPT)]
