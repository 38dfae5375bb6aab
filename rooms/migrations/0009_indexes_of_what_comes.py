"""Indexes for the operator's page: what the next 24 hours bring, and what looks wrong."""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models


def wait_for_indexes(apps, schema_editor):
    """Let this transaction take as long as it needs: a request would be cut off."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0008_words_for_people"),
    ]

    operations = [
        migrations.RunPython(wait_for_indexes, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("remove_at"),
                    models.Value(
                        datetime.datetime(2999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
                    ),
                ),
                models.F("id"),
                name="room_removes_up",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("remove_at__lt", models.F("join_until"))),
                fields=["id"],
                name="room_removes_early",
            ),
        ),
    ]
