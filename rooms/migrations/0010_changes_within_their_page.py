"""Let PostgreSQL keep the change of a room within its page.

A row that moves to another page is written to every index of its table. It can stay where no index
is on what moves, and where its page has room for it. Writers go on meanwhile; should the building
of the new index fail, run it again.
"""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models


def take_the_time(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET statement_timeout = 0")


def take_no_longer(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("RESET statement_timeout")


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # For pages from now on; those that are there make room as their rows change.
        schema_editor.execute("ALTER TABLE rooms_room SET (fillfactor = 90)")


def fill_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE rooms_room RESET (fillfactor)")


class AddIndexMeanwhile(migrations.AddIndex):
    """Adds an index while others write, where the database can."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        # What an attempt that failed has left is not valid.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
        model = to_state.apps.get_model(app_label, self.model_name)
        return schema_editor.add_index(model, self.index, concurrently=True)


class Migration(migrations.Migration):
    # As building an index meanwhile demands.
    atomic = False

    dependencies = [
        ("rooms", "0009_indexes_of_what_comes"),
    ]

    operations = [
        migrations.RunPython(take_the_time, take_no_longer),
        migrations.RunPython(leave_room, fill_up),
        AddIndexMeanwhile(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("remove_at"),
                    models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                ),
                models.F("id"),
                name="room_removes_down",
            ),
        ),
        migrations.RemoveIndex(model_name="room", name="room_by_updated_at"),
        migrations.RemoveIndex(model_name="room", name="room_by_max_members"),
        migrations.RunPython(take_no_longer, take_the_time),
    ]
