"""Index the periods of rooms, for the week; writers go on. SQLite reads every room."""

from django.db import migrations

# The expression and the condition of rooms/models/meeting.py.
COLUMNS = "join_from, join_until, remove_at"
INDEX = f"""
    CREATE INDEX CONCURRENTLY room_period ON rooms_room
    USING gist (tstzrange(LEAST({COLUMNS}), GREATEST({COLUMNS}), '[]'))
    WHERE COALESCE({COLUMNS}) IS NOT NULL
"""


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    # An attempt that failed has left an index that is not valid.
    schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS room_period")
    schema_editor.execute(INDEX)
    # PostgreSQL plans with statistics of the indexed expression.
    schema_editor.execute("ANALYZE rooms_room")


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS room_period")


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("rooms", "0018_mark_auto_created_rooms")]

    operations = [migrations.RunPython(add_index, remove_index)]
