"""Replace the index of the search, where PostgreSQL has pg_trgm; writers go on.

Without it the search answers the same, having read every room. When the extension is there later,
run the statement INDEX below.
"""

import logging

from django.db import DatabaseError, migrations

log = logging.getLogger(__name__)

# As rooms/models/searchable.py has it: BOTH_NAMES.
INDEX = """
    CREATE INDEX CONCURRENTLY room_search_text ON rooms_room USING gin (lower((
        name || ' ' || CASE WHEN folded_from = display_name THEN folded_name ELSE display_name END
    ) COLLATE "C") gin_trgm_ops)
"""
FORMER = """
    CREATE INDEX CONCURRENTLY room_search ON rooms_room
    USING gin (upper(name) gin_trgm_ops, upper(display_name) gin_trgm_ops)
"""


def replace_index(schema_editor, name, definition, other):
    if schema_editor.connection.vendor != "postgresql":
        return
    # An attempt that failed has left an index that is not valid.
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    try:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(definition)
    except DatabaseError as refused:
        log.warning("Searching rooms by a part of their names stays slow: %s", refused)
    # PostgreSQL plans with statistics of the indexed expression.
    schema_editor.execute("ANALYZE rooms_room")
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {other}")


def index_folded_names(apps, schema_editor):
    replace_index(schema_editor, "room_search_text", INDEX, "room_search")


def index_names(apps, schema_editor):
    replace_index(schema_editor, "room_search", FORMER, "room_search_text")


class Migration(migrations.Migration):
    # As building an index beside writers demands.
    atomic = False

    dependencies = [
        ("rooms", "0015_add_folded_names"),
        # To fold the names first is quicker.
        ("room_sessions", "0013_fold_names"),
    ]

    operations = [migrations.RunPython(index_folded_names, index_names)]
