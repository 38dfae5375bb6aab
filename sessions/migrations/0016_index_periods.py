"""Index the periods of ended sessions, for the week; writers go on. SQLite reads every session."""

from django.db import migrations

# The expression and the condition of rooms/models/meeting.py.
COLUMNS = "start_time, end_time"
INDEX = f"""
    CREATE INDEX CONCURRENTLY roomsession_period ON room_sessions_roomsession
    USING gist (tstzrange(LEAST({COLUMNS}), GREATEST({COLUMNS}), '[]'))
    WHERE end_time IS NOT NULL
"""


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    # An attempt that failed has left an index that is not valid.
    schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS roomsession_period")
    schema_editor.execute(INDEX)
    # PostgreSQL plans with statistics of the indexed expression.
    schema_editor.execute("ANALYZE room_sessions_roomsession")


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS roomsession_period")


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("room_sessions", "0015_refused_attempts")]

    operations = [migrations.RunPython(add_index, remove_index)]
