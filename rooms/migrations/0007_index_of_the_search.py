"""An index for a part of a name, where PostgreSQL has pg_trgm and lets us use it.

Without it the search answers the same, having read every room. When the extension is there
later: `./run manage migrate rooms 0006`, and `./run manage migrate` again.
"""

import logging

from django.db import DatabaseError, migrations, transaction

log = logging.getLogger(__name__)

# As Django writes icontains for PostgreSQL: UPPER(column) LIKE UPPER(text).
INDEX = """
    CREATE INDEX room_search ON rooms_room
    USING gin (upper(name) gin_trgm_ops, upper(display_name) gin_trgm_ops)
"""


def add_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        # A savepoint: what is refused here must not undo the migration.
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(INDEX)
    except DatabaseError as refused:
        log.warning("Searching rooms by a part of their names stays slow: %s", refused)


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS room_search")


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0006_indexes_of_the_list"),
    ]

    operations = [
        migrations.RunPython(add_index, remove_index),
    ]
