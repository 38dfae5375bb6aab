"""Columns for the search, null for names in ASCII: every release can write the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0014_rename_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="folded_from",
            field=models.TextField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="folded_name",
            field=models.TextField(editable=False, null=True),
        ),
    ]
