"""Columns for the search, null for names in ASCII: every release can write the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("room_sessions", "0011_index_start_times"),
    ]

    operations = [
        migrations.AddField(
            model_name="roomsession",
            name="folded_from",
            field=models.TextField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="roomsession",
            name="folded_name",
            field=models.TextField(editable=False, null=True),
        ),
    ]
