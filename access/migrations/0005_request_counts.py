"""Where requests are counted, for all processes together (access/counts.py)."""

from typing import Any

from django.db import migrations, models


def make_it_quick(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        # No request waits for the disk to have been counted.
        schema_editor.execute("ALTER TABLE access_requestcount SET UNLOGGED")
        # A row that stays within its page is found without another entry in the index.
        schema_editor.execute("ALTER TABLE access_requestcount SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_words_for_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("token_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("requests", models.IntegerField()),
                (
                    "ends",
                    models.FloatField(help_text="Seconds since 1970, by the database's clock."),
                ),
            ],
        ),
        migrations.RunPython(make_it_quick, migrations.RunPython.noop),
    ]
