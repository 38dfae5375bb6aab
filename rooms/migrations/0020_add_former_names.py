"""A column for the search in the history, null for most changes: every release can write it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0019_index_periods")]

    operations = [
        migrations.AddField(
            model_name="roomchange",
            name="former_names",
            field=models.TextField(editable=False, null=True),
        ),
    ]
