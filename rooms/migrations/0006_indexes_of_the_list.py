"""Indexes for what the list of rooms is sorted by and narrowed to.

Each is built in a second or two for a million rooms, and keeps writers of rooms waiting
meanwhile; CREATE INDEX CONCURRENTLY would not, but leaves an invalid index where it fails.
"""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models


def wait_for_indexes(apps, schema_editor):
    """Let this transaction take as long as it needs: a request would be cut off."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0005_saved_views"),
    ]

    operations = [
        migrations.RunPython(wait_for_indexes, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["display_name", "id"], name="room_by_display_name"),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["max_members", "id"], name="room_by_max_members"),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["updated_at", "id"], name="room_by_updated_at"),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("join_from"),
                    models.Value(
                        datetime.datetime(2999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
                    ),
                ),
                models.F("id"),
                name="room_opens_up",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("join_from"),
                    models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                ),
                models.F("id"),
                name="room_opens_down",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("join_until"),
                    models.Value(
                        datetime.datetime(2999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
                    ),
                ),
                models.F("id"),
                name="room_closes_up",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("join_until"),
                    models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                ),
                models.F("id"),
                name="room_closes_down",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["layout", "id"], name="room_by_layout"),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("quality", "1080p")), fields=["id"], name="room_full_hd"
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("record_on_start", True)), fields=["id"], name="room_records"
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("enable_room_previews", True)),
                fields=["id"],
                name="room_previews",
            ),
        ),
    ]
